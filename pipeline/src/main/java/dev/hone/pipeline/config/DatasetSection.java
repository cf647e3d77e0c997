package dev.hone.pipeline.config;

import java.util.Map;
import java.util.Optional;

/** Where rows come from, and how a row becomes a prompt. */
public record DatasetSection(
    @Setting(
            value = "auto",
            oneOf = {"auto", "jsonl", "parquet", "arithmetic", "gsm8k_steps"},
            doc = "Form of the rows; auto goes by the file's ending. arithmetic makes its own")
        String format,
    @Setting(doc = "File, folder or pattern, relative to `data` or the working directory")
        Optional<String> path,
    @Setting(doc = "Part to take: sft, rl or test of generated problems, train or test of a file")
        Optional<String> split,
    @Setting(value = "0", min = 0, doc = "Take only so many rows; 0 is all") int limit,
    @Setting(value = "true", doc = "Shuffle by the experiment's seed, anew every epoch")
        boolean shuffle,
    @Setting(doc = "Which column plays which part (prompt, completion, answer), as part: column")
        Map<String, String> columns,
    @Setting(doc = "System message in front of every prompt; needs a chat template")
        Optional<String> systemPrompt,
    @Setting(doc = "Prompt made from columns, such as \"{question}\\nThink step by step.\"")
        Optional<String> promptTemplate,
    @Setting(doc = "Completion made from columns, for supervised training")
        Optional<String> completionTemplate,
    @Setting(
            value = "auto",
            oneOf = {"auto", "always", "never"},
            doc = "Whether prompts go through the chat template; auto: where there is one")
        String chat,
    @Setting(value = "0", min = 0, doc = "Keep longer prompts (in tokens) aside; 0 keeps all")
        int maxPromptLength,
    @Setting(
            value = "0.4",
            min = 0,
            max = 1,
            doc = "Share of examples that show their working (generated datasets)")
        double workingShare,
    @Setting(
            value = "0.1",
            above = 0,
            below = 1,
            doc = "Share of a file's rows that split: test takes, by a hash of the prompt")
        double testFraction) {

  /** What a message calls this dataset. */
  public String title() {
    return format + path.map(p -> " " + p).orElse("") + split.map(s -> " (" + s + ")").orElse("");
  }
}
