package dev.hone.pipeline.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code hone --version} says: Hone, Java and the machine. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String hone = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "hone " + (hone == null ? "(from its sources)" : hone),
      "java "
          + System.getProperty("java.version")
          + " ("
          + System.getProperty("java.vendor")
          + "), "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
    };
  }
}
