/**
 * The decoder: its architecture read from a Hugging Face {@code config.json}, its parameters and
 * what they are called on disk, and its forward pass, written once over {@link
 * dev.hone.policy.tensor.Ops}.
 */
package dev.hone.policy.model;
