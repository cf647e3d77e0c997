package dev.hone.policy.generation;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Samples completions with a model: prompts are computed once a group and shared by its samples,
 * sequences enter and leave the running batch as they begin and end.
 */
public final class Generator {

  /** Prompt tokens of one pass. */
  private static final int PREFILL_TOKENS = 2048;

  private final Supplier<ForwardPass> forward;
  private final Optional<Tokenizer> tokenizer;
  private final Set<Integer> eosTokens;
  private final int maxRunning;

  /**
   * @param tokenizer gives the texts and the end-of-sequence tokens
   * @param maxRunning most sequences in one pass
   */
  public Generator(DecoderModel model, Tokenizer tokenizer, int maxRunning) {
    this(() -> new ModelForward(model), Optional.of(tokenizer), tokenizer.eosTokens(), maxRunning);
  }

  /** A generator of tokens alone: the texts of its completions are empty, no stop strings. */
  public Generator(DecoderModel model, Set<Integer> eosTokens, int maxRunning) {
    this(() -> new ModelForward(model), Optional.empty(), eosTokens, maxRunning);
  }

  Generator(
      Supplier<ForwardPass> forward,
      Optional<Tokenizer> tokenizer,
      Set<Integer> eosTokens,
      int maxRunning) {
    if (maxRunning < 1) {
      throw new IllegalArgumentException("maxRunning must be at least 1, found " + maxRunning);
    }
    this.forward = forward;
    this.tokenizer = tokenizer;
    this.eosTokens = Set.copyOf(eosTokens);
    this.maxRunning = maxRunning;
  }

  /** {@link #generate(List, SamplingSettings, RandomKey, GenerationListener)}, unheard. */
  public Generated generate(
      List<GenerationRequest> requests, SamplingSettings settings, RandomKey key) {
    return generate(requests, settings, key, GenerationListener.NONE);
  }

  /**
   * Completes every request.
   *
   * @throws InvalidInput where a prompt is longer than the model's positions or holds a token
   *     outside its vocabulary
   */
  public Generated generate(
      List<GenerationRequest> requests,
      SamplingSettings settings,
      RandomKey key,
      GenerationListener listener) {
    if (!settings.stop().isEmpty() && tokenizer.isEmpty()) {
      throw new IllegalArgumentException("Stop strings need a tokenizer");
    }
    try (ForwardPass pass = forward.get()) {
      for (GenerationRequest request : requests) {
        check(request, pass);
      }
      return new Generation(
              pass, tokenizer, eosTokens, settings, key.generator(), listener, requests)
          .run(maxRunning, PREFILL_TOKENS);
    }
  }

  private static void check(GenerationRequest request, ForwardPass pass) {
    int length = request.promptTokens().length;
    if (length >= pass.maxPositions()) {
      throw new InvalidInput(
          "Prompt "
              + request.promptId()
              + " has "
              + length
              + " tokens, and the model's max_position_embeddings is "
              + pass.maxPositions()
              + ": no room for a completion; shorten it or set max_prompt_length");
    }
    for (int token : request.promptTokens()) {
      if (token < 0 || token >= pass.vocabularySize()) {
        throw new InvalidInput(
            "Prompt "
                + request.promptId()
                + " holds the token "
                + token
                + ", and the model's vocabulary has "
                + pass.vocabularySize()
                + ": tokenizer and model do not belong together");
      }
    }
  }
}
