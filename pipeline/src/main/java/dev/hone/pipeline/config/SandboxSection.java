package dev.hone.pipeline.config;

import dev.hone.sandbox.Language;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.SandboxSettings;
import dev.hone.sandbox.SandboxSettings.Image;
import dev.hone.sandbox.SandboxSettings.IsolationMode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How the programs of answers are run, for rewards of type {@code code}. */
public record SandboxSection(
    @Setting(value = "bubblewrap", doc = "none runs programs unprotected: only those you trust")
        IsolationMode isolation,
    @Setting(value = "0", min = 0, doc = "Programs at a time an executor; 0 is one a core")
        int slots,
    @Setting(value = "3.0", above = 0, doc = "CPU time of a test, all its processes together")
        double cpuSeconds,
    @Setting(value = "6.0", above = 0, doc = "Time of a test on the clock") double wallSeconds,
    @Setting(value = "512", min = 16, doc = "Memory of a test in MiB, its files among it")
        int memoryMb,
    @Setting(value = "64", min = 1, doc = "Processes and threads of a test at a time")
        int processes,
    @Setting(value = "8", min = 1, max = 1024, doc = "Output of a test in MiB") int outputMb,
    @Setting(value = "64", min = 1, doc = "Disk of a test in MiB, which lies in its memory")
        int diskMb,
    @Setting(value = "10.0", above = 0, doc = "CPU time of a compiler") double compileSeconds,
    @Setting(doc = "What each language runs with, where it is not the machine's own")
        ImagesSection images) {

  private static final long MEBIBYTE = 1 << 20;

  /** The same for the sandbox. */
  public SandboxSettings settings() {
    Limits compiler = Limits.ofCompiler();
    Map<Language, Image> given = new EnumMap<>(Language.class);
    given.put(Language.PYTHON, images.python().image());
    given.put(Language.C, images.c().image());
    given.put(Language.CPP, images.cpp().image());
    given.put(Language.JAVA, images.java().image());
    given.put(Language.JAVASCRIPT, images.javascript().image());
    return new SandboxSettings(
        isolation,
        slots,
        new Limits(
            seconds(cpuSeconds),
            seconds(wallSeconds),
            memoryMb * MEBIBYTE,
            processes,
            outputMb * MEBIBYTE,
            diskMb * MEBIBYTE,
            Limits.standard().openFiles()),
        compiler.withTime(seconds(compileSeconds), seconds(2 * compileSeconds)),
        given);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(1000 * seconds)));
  }
}
