/**
 * Running one untrusted program under limits.
 *
 * <p>{@link dev.hone.sandbox.Sandbox#run} takes a program, its input and its limits, and says what
 * happened: exit code, signal, time, memory, output, and which limit ended it. Whether that is
 * right is not its affair; it knows nothing of rewards or models.
 *
 * <p>A {@code Box} is one pre-started interpreter behind bubblewrap; its own code is Python, in
 * {@code resources/dev/hone/sandbox/box}: {@code launch.py} outside, {@code server.py} as the box's
 * process, {@code supervisor.py} as the first process of each run, {@code program.py} as the
 * process that becomes the program.
 */
package dev.hone.sandbox;
