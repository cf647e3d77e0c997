package dev.hone.pipeline.cli;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.generation.Completion;
import dev.hone.policy.generation.Generated;
import dev.hone.policy.generation.GenerationListener;
import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import dev.hone.policy.generation.SamplingSettings;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tokenizer.ChatMessage;
import dev.hone.policy.tokenizer.GenerationPrompt;
import dev.hone.policy.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hone generate}: one completion, streamed. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Completes a prompt and streams the completion, and nothing else, to standard output.",
      "The prompt is taken as it is; --chat puts it into the checkpoint's chat template.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone generate --checkpoint runs/quickstart/checkpoints/best --prompt '17*24='",
      "  hone generate --checkpoint DIR --chat --prompt 'What is 17 times 24?' --temperature 0.6",
      "  hone generate --checkpoint DIR --prompt - < question.txt"
    })
final class GenerateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "DIR",
      description = "A Hugging Face checkpoint directory.")
  private Path checkpoint;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "The prompt; - reads standard input.")
  private String prompt;

  @Option(names = "--chat", description = "Put the prompt into the chat template.")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "System message in front of it; needs --chat.")
  private String system;

  @Mixin private SamplingOptions sampling;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Seed of the sampling (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private BackendOptions backend;

  @Override
  public Integer call() {
    SamplingSettings settings = sampling.settings();
    Checkpoint opened = Checkpoint.open(checkpoint);
    Tokenizer tokenizer = Tokenizer.open(checkpoint);
    int[] tokens = tokens(tokenizer);
    PrintWriter out = spec.commandLine().getOut();
    try (Ops ops = backend.choose().open(backend.threads());
        DecoderModel model = opened.load(ops, Purpose.INFERENCE)) {
      Generated generated =
          new Generator(model, tokenizer, 1)
              .generate(
                  List.of(new GenerationRequest(0, tokens, 1)),
                  settings,
                  new RandomKey(seed, 0),
                  new Streaming(out));
      if (Terminal.isResultShown()) {
        out.println();
      }
      out.flush();
      report(generated);
    }
    return 0;
  }

  private int[] tokens(Tokenizer tokenizer) {
    String text = prompt.equals("-") ? standardInput() : prompt;
    int[] tokens;
    if (chat) {
      List<ChatMessage> messages = new ArrayList<>();
      if (system != null) {
        messages.add(new ChatMessage("system", system));
      }
      messages.add(new ChatMessage("user", text));
      tokens =
          tokenizer.encodeVerbatim(tokenizer.applyChatTemplate(messages, GenerationPrompt.ADDED));
    } else if (system != null) {
      throw new InvalidInput("--system needs --chat; without it the prompt is taken as it is");
    } else {
      tokens = tokenizer.encode(text);
    }
    if (tokens.length == 0) {
      throw new InvalidInput("the prompt is empty; give at least one character");
    }
    return tokens;
  }

  private static String standardInput() {
    InputStream in = System.in;
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new InvalidInput(
          "standard input cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private void report(Generated generated) {
    Completion completion = generated.completions().get(0);
    spec.commandLine()
        .getErr()
        .println(
            String.format(
                Locale.ROOT,
                "%d tokens in %.1f s, ended by %s",
                completion.tokens().length,
                generated.statistics().seconds(),
                completion.reason().name().toLowerCase(Locale.ROOT)));
  }

  /** Writes what the policy writes, as it writes it. */
  private record Streaming(PrintWriter out) implements GenerationListener {

    @Override
    public boolean streamsText() {
      return true;
    }

    @Override
    public void text(long promptId, int sample, String piece) {
      out.print(piece);
      out.flush();
    }
  }
}
