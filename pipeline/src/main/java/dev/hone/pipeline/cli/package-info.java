/**
 * The command line. Standard output carries results alone; progress, hints and errors go to
 * standard error. Exit codes: 0 done, 1 the run failed, 2 what the user gave cannot be used.
 */
package dev.hone.pipeline.cli;
