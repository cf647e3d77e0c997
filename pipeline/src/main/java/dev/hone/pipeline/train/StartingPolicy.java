package dev.hone.pipeline.train;

import dev.hone.pipeline.config.ModelSection;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tokenizer.CharacterTokenizer;
import dev.hone.policy.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an experiment starts from: a checkpoint, or a fresh model and its tokenizer. Opening it
 * checks all of it; weights are read or drawn only when asked for.
 */
final class StartingPolicy implements AutoCloseable {

  private final Optional<Checkpoint> checkpoint;
  private final ModelConfig config;
  private final Path tokenizerFiles;
  private final boolean temporary;
  private final Tokenizer tokenizer;

  private StartingPolicy(
      Optional<Checkpoint> checkpoint,
      ModelConfig config,
      Path tokenizerFiles,
      boolean temporary,
      Tokenizer tokenizer) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.tokenizerFiles = tokenizerFiles;
    this.temporary = temporary;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens what the experiment names.
   *
   * @throws InvalidInput where it cannot be used
   */
  static StartingPolicy open(ModelSection model) {
    Optional<Checkpoint> checkpoint =
        model.checkpoint().map(directory -> Checkpoint.open(Path.of(directory)));
    boolean temporary = model.tokenizer().characters().isPresent();
    Path files =
        model
            .tokenizer()
            .characters()
            .map(StartingPolicy::characterTokenizer)
            .or(() -> model.tokenizer().path().map(Path::of))
            .or(() -> checkpoint.map(Checkpoint::directory))
            .orElseThrow(
                () -> new InvalidInput("model: a fresh model needs model.tokenizer: none given"));
    Tokenizer tokenizer = Tokenizer.open(files);
    ModelConfig config =
        checkpoint.map(Checkpoint::config).orElseGet(() -> fresh(model.init(), tokenizer));
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw new InvalidInput(
          String.format(
              "The tokenizer in %s has %d tokens, but the model has a vocabulary of %d: give the"
                  + " tokenizer that belongs to it",
              files, tokenizer.vocabularySize(), config.vocabularySize()));
    }
    return new StartingPolicy(checkpoint, config, files, temporary, tokenizer);
  }

  private static ModelConfig fresh(Map<String, Object> init, Tokenizer tokenizer) {
    Map<String, Object> keys = new LinkedHashMap<>(init);
    keys.putIfAbsent("vocab_size", tokenizer.vocabularySize());
    tokenizer.bos().ifPresent(id -> keys.putIfAbsent("bos_token_id", id));
    tokenizer.pad().ifPresent(id -> keys.putIfAbsent("pad_token_id", id));
    tokenizer.eosTokens().stream()
        .sorted()
        .findFirst()
        .ifPresent(id -> keys.putIfAbsent("eos_token_id", id));
    return ModelConfig.fresh("model.init", keys);
  }

  private static Path characterTokenizer(String characters) {
    try {
      Path directory = Files.createTempDirectory("hone-tokenizer");
      CharacterTokenizer.write(directory, characters);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a temporary directory: " + e.getMessage(), e);
    }
  }

  ModelConfig config() {
    return config;
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The directory with the tokenizer's files. */
  Path tokenizerFiles() {
    return tokenizerFiles;
  }

  /** The weights: those of the checkpoint, or fresh ones that follow from the seed. */
  DecoderModel model(long seed, Ops ops, Purpose purpose) {
    return checkpoint
        .map(c -> c.load(ops, purpose))
        .orElseGet(() -> DecoderModel.initialize(config, seed, ops, purpose));
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> files = Files.list(tokenizerFiles)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(tokenizerFiles);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
