/** A folder of programs with an index that says what each should do: run, judged, reported. */
package dev.hone.pipeline.programs;
