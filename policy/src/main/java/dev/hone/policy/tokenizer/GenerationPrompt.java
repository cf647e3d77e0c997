package dev.hone.policy.tokenizer;

/** Whether a rendered conversation ends with the opening of the assistant's next turn. */
public enum GenerationPrompt {
  ADDED,
  OMITTED
}
