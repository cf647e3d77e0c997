package dev.hone.sandbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;

/**
 * The Java compiler as a process that stays: a JDK that starts takes longer than most files take to
 * compile. It lives in a box of its own, under the same isolation as any program, is killed where
 * one compilation takes too long, and is replaced after a while, so that source which corrupts it
 * does not do so for long.
 */
final class WarmJavaCompiler implements AutoCloseable {

  private static final int COMPILATIONS = 200;
  private static final Duration LIFE = Duration.ofHours(12);
  private static final long OUTPUT_OF_ITS_LIFE = 1 << 30;
  private static final long LARGEST_RESULT = 32L << 20;

  private static final List<String> CLASSES =
      List.of(
          "JavaCompileServer",
          "JavaCompileServer$Loader",
          "JavaCompileServer$Memory",
          "JavaCompileServer$Source",
          "JavaCompileServer$Target");

  /**
   * What came of a compilation.
   *
   * @param mainClass the class to start
   * @param classes class files by path
   * @param failure why there are none; null otherwise
   */
  record Compilation(String mainClass, Map<String, byte[]> classes, Execution failure) {}

  private final Sandbox sandbox;
  private final Limits limits;
  private Box box;
  private Slot slot;
  private Session session;
  private int compilations;

  WarmJavaCompiler(Sandbox sandbox, Limits limits) {
    this.sandbox = sandbox;
    this.limits = limits;
  }

  synchronized Compilation compile(Program program, Toolchain jdk) {
    if (session == null || session.ended() || compilations >= COMPILATIONS) {
      close();
      start(jdk);
    }
    compilations++;
    ScheduledFuture<?> alarm = box.killAfter(limits.wall());
    try {
      session.feed(question(program));
      return answer();
    } catch (EOFException e) {
      boolean late = alarm.isDone();
      Execution end = session.await();
      close();
      boolean limit = late || end.limit().isPresent();
      String what = limit ? "reached its limit" : "ended: " + end.message() + end.stderrText();
      return new Compilation(
          "", Map.of(), Execution.notCompiled("the compiler " + what.strip(), end.isolation()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      alarm.cancel(false);
    }
  }

  private byte[] question(Program program) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    List<String> sources =
        program.files().keySet().stream().filter(path -> path.endsWith(".java")).toList();
    out.writeBoolean(Builder.startedClass(program).isEmpty());
    out.writeInt(sources.size());
    for (String path : sources) {
      out.writeUTF(path);
      byte[] content = program.files().get(path);
      out.writeInt(content.length);
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private Compilation answer() throws IOException {
    Answer answer = new Answer();
    DataInputStream in = new DataInputStream(answer);
    if (!in.readBoolean()) {
      String message = Builder.text(bytes(in));
      return new Compilation("", Map.of(), Execution.notCompiled(message, box.isolation()));
    }
    String mainClass = in.readUTF();
    int count = in.readInt();
    Map<String, byte[]> classes = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      classes.put(in.readUTF().replace('.', '/') + ".class", bytes(in));
    }
    return new Compilation(mainClass, classes, null);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LARGEST_RESULT) {
      throw new EOFException("the compiler announced " + length + " bytes");
    }
    return in.readNBytes(length);
  }

  /** What the compiler writes, as it comes; ends where the compiler ends or writes too much. */
  private final class Answer extends InputStream {
    private ByteArrayInputStream now = new ByteArrayInputStream(new byte[0]);
    private long taken;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      while (length > 0 && now.available() == 0) {
        if (session.ended() || taken > LARGEST_RESULT) {
          throw new EOFException();
        }
        session.step();
        byte[] more = session.takeOutput();
        taken += more.length;
        now = new ByteArrayInputStream(more);
      }
      return now.read(buffer, offset, length);
    }
  }

  private void start(Toolchain jdk) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : CLASSES) {
      files.put("dev/hone/sandbox/" + name + ".class", classFile(name));
    }
    List<String> command = new ArrayList<>();
    command.add(jdk.program().resolve("bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Xshare:auto", "-Xss16m", "-Dfile.encoding=UTF-8"));
    command.add("-Xmx" + (limits.memoryBytes() >> 20) * 5 / 8 + "m");
    command.addAll(List.of("-cp", ".", "dev.hone.sandbox.JavaCompileServer"));
    command.addAll(List.of("-proc:none", "-nowarn", "-Xlint:none", "-implicit:none"));
    if (!jdk.image().packages().isEmpty()) {
      command.addAll(List.of("-classpath", String.join(":", jdk.image().packages())));
    }
    Executable server = new Executable(Language.JAVA, files, Optional.empty(), command, Map.of());
    Limits life = limits.withTime(LIFE, LIFE).withOutput(OUTPUT_OF_ITS_LIFE);
    slot = Slot.outsideTheCount(sandbox);
    box = sandbox.newBox();
    box.limit(life);
    session =
        new Session(
            slot, box, Request.of(server, Input.none(), life).withOpenInput().bytes(), life);
    compilations = 0;
  }

  private static byte[] classFile(String name) {
    try (InputStream in = WarmJavaCompiler.class.getResourceAsStream(name + ".class")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    if (session != null) {
      box.close(); // with the process in it, which has nothing to finish
      session = null;
      box = null;
    }
  }
}
