package dev.hone.pipeline.config;

import java.util.Map;
import java.util.Optional;

/** Where the policy comes from: a checkpoint, or a fresh model. */
public record ModelSection(
    @Setting(doc = "A Hugging Face checkpoint directory to start from") Optional<String> checkpoint,
    @Setting(doc = "Or a fresh model: the keys of its config.json (model_type, hidden_size, ...)")
        Map<String, Object> init,
    @Setting(doc = "The tokenizer; the checkpoint's own unless given")
        TokenizerSection tokenizer) {}
