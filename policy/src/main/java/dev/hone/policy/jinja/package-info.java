/**
 * The template language of chat templates: Jinja 3.1 as transformers sets it up (trim_blocks,
 * lstrip_blocks, loop controls, {@code generation} blocks, an immutable sandbox). Values are plain
 * Java data and the language can reach nothing else: no reflection, no files, no mutation. A
 * template comes with a checkpoint from strangers.
 *
 * <p>Values: {@link java.lang.String}, {@link java.lang.Long}, {@link java.lang.Double}, {@link
 * java.lang.Boolean}, {@code null} for None, {@link java.util.List} (tuples too, which print as
 * lists), {@link java.util.Map}, {@link dev.hone.policy.jinja.Callable} and {@link
 * dev.hone.policy.jinja.Undefined}.
 */
package dev.hone.policy.jinja;
