/**
 * Text to token ids and back, as the tokenizer files of a Hugging Face checkpoint say, and the chat
 * templates that turn conversations into text.
 */
package dev.hone.policy.tokenizer;
