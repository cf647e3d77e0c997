package dev.hone.pipeline.config;

import java.util.Optional;

/** Where the tokenizer comes from, if not from the checkpoint. */
public record TokenizerSection(
    @Setting(doc = "A directory with tokenizer.json and tokenizer_config.json")
        Optional<String> path,
    @Setting(doc = "Or one token for each of these characters, after <pad>, <bos> and <eos>")
        Optional<String> characters) {}
