package dev.hone.sandbox;

import dev.hone.sandbox.Execution.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes programs ready to run: compiles what is compiled, in the sandbox like anything else. */
final class Builder {

  private static final String BINARY = "program";
  private static final String CLASS = ".class";
  private static final long LARGEST_BINARY = 64L << 20;
  private static final int STACK_KILOBYTES = 65_500;
  private static final int MESSAGE_LENGTH = 4000;

  private final SandboxSettings settings;
  private final Toolchains toolchains;
  private final WarmJavaCompiler javaCompiler;

  Builder(SandboxSettings settings, Toolchains toolchains, WarmJavaCompiler javaCompiler) {
    this.settings = settings;
    this.toolchains = toolchains;
    this.javaCompiler = javaCompiler;
  }

  Build build(Slot slot, Program program) {
    Toolchain toolchain = toolchains.require(program.language());
    return switch (program.language()) {
      case PYTHON -> Build.of(interpreted(program, Optional.of(program.main()), List.of()));
      case JAVASCRIPT -> Build.of(javaScript(program, toolchain));
      case C -> compileNative(slot, program, toolchain, List.of("-std=gnu17"), List.of("-lm"));
      case CPP -> compileNative(slot, program, toolchain, List.of("-std=gnu++20"), List.of());
      case JAVA -> compileJava(program, toolchain);
    };
  }

  private static Executable interpreted(
      Program program, Optional<String> python, List<String> command) {
    return new Executable(program.language(), program.files(), python, command, Map.of());
  }

  private Executable javaScript(Program program, Toolchain toolchain) {
    List<String> command = new ArrayList<>(List.of(toolchain.program().toString()));
    long heap = settings.limits().memoryBytes() >> 20;
    command.add("--stack-size=" + STACK_KILOBYTES);
    command.add("--max-old-space-size=" + heap);
    command.addAll(toolchain.image().arguments());
    command.add(program.main());
    Map<String, String> environment = new HashMap<>();
    if (!toolchain.image().packages().isEmpty()) {
      environment.put("NODE_PATH", String.join(":", toolchain.image().packages()));
    }
    return new Executable(
        program.language(), program.files(), Optional.empty(), command, environment);
  }

  private Build compileNative(
      Slot slot,
      Program program,
      Toolchain toolchain,
      List<String> standard,
      List<String> libraries) {
    List<String> command = new ArrayList<>(List.of(toolchain.program().toString()));
    command.addAll(List.of("-O2", "-pipe", "-w", "-fdiagnostics-color=never"));
    command.addAll(standard);
    command.addAll(toolchain.image().arguments());
    command.addAll(List.of("-o", BINARY, program.main()));
    command.addAll(libraries);
    Executable compiler =
        new Executable(program.language(), program.files(), Optional.empty(), command, Map.of());
    Limits limits = settings.compilerLimits();
    Request request =
        Request.of(compiler, Input.none(), limits).collecting(List.of(BINARY), LARGEST_BINARY);
    Execution execution;
    Map<String, byte[]> made;
    try (Session session = slot.start(request, limits)) {
      execution = session.await();
      made = session.collected();
    }
    if (execution.outcome() == Outcome.SANDBOX_FAILED) {
      return Build.failed(execution);
    }
    byte[] binary = made.get(BINARY);
    if (!execution.succeeded() || binary == null) {
      return Build.failed(Execution.notCompiled(message(execution), execution.isolation()));
    }
    return Build.of(
        new Executable(
            program.language(),
            Map.of(BINARY, binary),
            Optional.empty(),
            List.of("./" + BINARY),
            Map.of()));
  }

  private static String message(Execution execution) {
    if (execution.limit().isPresent()) {
      return "the compiler reached its " + execution.limit().get() + " limit";
    }
    String said = execution.stderrText().strip();
    return said.isEmpty()
        ? "the compiler ended with exit code " + execution.exitCode()
        : said.substring(0, Math.min(said.length(), MESSAGE_LENGTH));
  }

  private Build compileJava(Program program, Toolchain toolchain) {
    WarmJavaCompiler.Compilation compilation = javaCompiler.compile(program, toolchain);
    if (compilation.failure() != null) {
      return Build.failed(compilation.failure());
    }
    long memory = settings.limits().memoryBytes() >> 20;
    List<String> command = new ArrayList<>();
    command.add(toolchain.program().resolve("bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto"));
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-XX:ErrorFile=/dev/null"));
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-Xss64m"));
    command.add("-Xmx" + Math.max(16, memory * 3 / 4) + "m");
    command.addAll(toolchain.image().arguments());
    List<String> classPath = new ArrayList<>(List.of("."));
    classPath.addAll(toolchain.image().packages());
    String main = startedClass(program).orElse(compilation.mainClass());
    command.addAll(List.of("-cp", String.join(":", classPath), main));
    Map<String, byte[]> files = new HashMap<>(compilation.classes());
    program
        .files()
        .forEach(
            (path, content) -> {
              if (!path.endsWith(".java")) {
                files.put(path, content);
              }
            });
    return Build.of(new Executable(program.language(), files, Optional.empty(), command, Map.of()));
  }

  /** The class of a program in Java that comes compiled and is to be started, where one does. */
  static Optional<String> startedClass(Program program) {
    return Optional.of(program.main())
        .filter(main -> main.endsWith(CLASS))
        .map(main -> main.substring(0, main.length() - CLASS.length()).replace('/', '.'));
  }

  /** Text of a file of the program. */
  static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }
}
