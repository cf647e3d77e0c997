/** Judging answers that lie in files: what {@code hone score} does. */
package dev.hone.pipeline.scoring;
