/**
 * A run is a directory: its layout and lock, checkpoints that appear all at once, metrics that have
 * every step once however often the process was killed, TensorBoard events.
 */
package dev.hone.pipeline.run;
