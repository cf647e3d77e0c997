package dev.hone.sandbox;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this Linux can do, by its version. */
final class KernelVersion {

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  private KernelVersion() {}

  /**
   * Since 5.14 RLIMIT_NPROC counts the processes of a user within a user namespace; before, all
   * that the user has on the machine, and no program would start beside a busy user.
   */
  static boolean countsProcessesByNamespace() {
    Matcher matcher = VERSION.matcher(System.getProperty("os.version"));
    return matcher.matches()
        && Integer.parseInt(matcher.group(1)) * 1000 + Integer.parseInt(matcher.group(2)) >= 5014;
  }
}
