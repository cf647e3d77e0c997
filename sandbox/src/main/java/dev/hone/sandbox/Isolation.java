package dev.hone.sandbox;

/**
 * What stood between a program and the machine while it ran.
 *
 * @param boundary {@code bubblewrap}, or {@code none} where the settings say so in so many words
 * @param hostUser user number that the program had outside
 * @param seccomp whether its system calls were filtered
 * @param cgroup what counted and bounded the memory and processes of the whole tree: {@code v1},
 *     {@code v2}, or {@code none}: resource limits and a watchdog alone
 */
public record Isolation(String boundary, long hostUser, boolean seccomp, String cgroup) {

  /** Whether the program was kept from the machine. */
  public boolean isolated() {
    return !boundary.equals("none");
  }

  @Override
  public String toString() {
    return boundary
        + (isolated() ? " (user, pid, mount, network, ipc, uts and cgroup namespaces)" : "")
        + ", host user "
        + hostUser
        + ", seccomp "
        + (seccomp ? "on" : "off")
        + ", cgroup "
        + cgroup;
  }
}
