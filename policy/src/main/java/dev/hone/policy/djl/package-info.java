/**
 * The portable backend: every operation composed of PyTorch's, called through DJL, gradients by the
 * engine's own trace. It is the reference that other backends are tested against.
 */
package dev.hone.policy.djl;
