package dev.hone.pipeline.cli;

import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.AttentionConfig;
import dev.hone.policy.model.FeedForwardConfig;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.model.ModelSize;
import dev.hone.policy.tensor.DType;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code hone inspect}: what a checkpoint holds, without reading its weights; or what an experiment
 * will take, without running it.
 */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says what a checkpoint is: architecture, parameters, active parameters, and what its cache"
          + " takes a token. With --memory, says what an experiment will take, part by part.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone inspect models/SmolLM2-135M-Instruct",
      "  hone inspect --memory configs/quickstart.yaml --set stages.grpo.micro_batch_tokens=4096"
    })
final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Which which;

  private static final class Which {
    @Parameters(paramLabel = "DIR", description = "A Hugging Face checkpoint directory.")
    private Path directory;

    @Option(names = "--checkpoint", paramLabel = "DIR", description = "The same as an option.")
    private Path checkpoint;

    @Option(
        names = "--memory",
        paramLabel = "FILE",
        description = "An experiment: predict its peak memory.")
    private Path experiment;
  }

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting of the experiment; may be given several times.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (which.experiment != null) {
      new MemoryTable(ExperimentFile.read(which.experiment, overrides))
          .lines()
          .forEach(out::println);
      return 0;
    }
    if (!overrides.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--set goes with --memory FILE");
    }
    Path directory = which.directory == null ? which.checkpoint : which.directory;
    ModelConfig config = Checkpoint.open(directory).config();
    facts(directory, config)
        .forEach((name, fact) -> out.println(String.format(Locale.ROOT, "%-20s  %s", name, fact)));
    return 0;
  }

  private static Map<String, String> facts(Path directory, ModelConfig config) {
    ModelSize size = ModelSize.of(config);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("checkpoint", directory.toString());
    facts.put("model type", config.family().modelType());
    facts.put("layers", config.layers() + " of width " + config.width());
    facts.put("attention", attention(config.attention()));
    facts.put("feed-forward", feedForward(config));
    facts.put("vocabulary", count(config.vocabularySize()));
    facts.put("positions", count(config.maxPositions()));
    facts.put("parameters", count(size.parameters()));
    facts.put(
        "active a token",
        String.format(
            Locale.ROOT,
            "%s (%.0f %%)",
            count(size.activeParameters()),
            100.0 * size.activeParameters() / size.parameters()));
    long cache = size.cacheBytesPerToken(DType.FLOAT32);
    long plain = size.multiHeadCacheBytesPerToken(DType.FLOAT32);
    facts.put(
        "cache a token",
        String.format(
            Locale.ROOT,
            "%s bytes in fp32; plain attention %s (%.1f times as much)",
            count(cache),
            count(plain),
            (double) plain / cache));
    return facts;
  }

  private static String attention(AttentionConfig attention) {
    if (attention instanceof AttentionConfig.Mla mla) {
      return String.format(
          Locale.ROOT,
          "mla, %d heads, latent of %d and a roped key of %d",
          mla.heads(),
          mla.latentRank(),
          mla.rope());
    }
    AttentionConfig.Gqa gqa = (AttentionConfig.Gqa) attention;
    return String.format(
        Locale.ROOT,
        "gqa, %d heads of width %d, %d of keys and values",
        gqa.heads(),
        gqa.headWidth(),
        gqa.keyValueHeads());
  }

  private static String feedForward(ModelConfig config) {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    for (FeedForwardConfig layer : config.feedForwards()) {
      kinds.merge(kind(layer), 1, Integer::sum);
    }
    StringBuilder text = new StringBuilder();
    kinds.forEach(
        (kind, layers) ->
            text.append(text.isEmpty() ? "" : "; ")
                .append(layers)
                .append(layers == 1 ? " layer " : " layers ")
                .append(kind));
    return text.toString();
  }

  private static String kind(FeedForwardConfig layer) {
    if (layer instanceof FeedForwardConfig.Moe moe) {
      return String.format(
          Locale.ROOT,
          "moe, %d experts of width %d, %d chosen%s",
          moe.experts(),
          moe.expertWidth(),
          moe.router().topK(),
          moe.sharedWidth() > 0 ? ", shared expert of " + moe.sharedWidth() : "");
    }
    return "dense, width " + ((FeedForwardConfig.Dense) layer).width();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
