/**
 * Checkpoints as Hugging Face lays them out, both ways: {@code config.json}, {@code
 * model.safetensors} whole or in shards, and the files of the tokenizer beside them.
 */
package dev.hone.policy.checkpoint;
