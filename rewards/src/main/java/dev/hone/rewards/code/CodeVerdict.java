package dev.hone.rewards.code;

/** What a judge says of a program on a test, in the words of programming contests. */
public enum CodeVerdict {
  /** Accepted. */
  AC,
  /** Wrong answer. */
  WA,
  /** Time limit exceeded, of the processor or on the clock. */
  TLE,
  /** Memory limit exceeded. */
  MLE,
  /** Output limit exceeded. */
  OLE,
  /** Runtime error: an exit code other than 0, or a signal. */
  RE,
  /** Compile error. */
  CE,
  /** Internal error: the sandbox failed, and the program is not to blame. */
  IE
}
