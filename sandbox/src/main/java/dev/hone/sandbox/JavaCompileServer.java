package dev.hone.sandbox;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The program of the warm compiler: runs inside the sandbox, compiles what comes on standard input
 * and answers on standard output, both in memory. It uses nothing but the JDK, since its class
 * files alone are sent into the box.
 */
final class JavaCompileServer {

  private static final int MESSAGE_LENGTH = 4000;

  private JavaCompileServer() {}

  /** Serves until standard input ends. The arguments are options of javac. */
  public static void main(String[] options) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    System.setOut(System.err);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    while (true) {
      boolean starts;
      try {
        starts = in.readBoolean();
      } catch (EOFException e) {
        return;
      }
      int count = in.readInt();
      List<JavaFileObject> sources = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sources.add(new Source(in.readUTF(), new String(bytes(in), StandardCharsets.UTF_8)));
      }
      compile(compiler, sources, List.of(options), starts, out);
      out.flush();
    }
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }

  /**
   * @param starts whether the program is to be started by a class of these sources
   */
  private static void compile(
      JavaCompiler compiler,
      List<JavaFileObject> sources,
      List<String> options,
      boolean starts,
      DataOutputStream out)
      throws IOException {
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    String failure;
    Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();
    try (StandardJavaFileManager standard =
            compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8);
        JavaFileManager files = new Memory(standard, classes)) {
      boolean compiled = compiler.getTask(null, files, diagnostics, options, null, sources).call();
      failure = compiled ? null : errors(diagnostics);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      failure = "the compiler gave up: " + e.getClass().getSimpleName();
    }
    String main = failure == null && starts ? mainClass(classes) : "";
    if (main == null) {
      failure = "no class has a method public static void main(String[])";
    }
    out.writeBoolean(failure == null);
    if (failure != null) {
      write(out, failure.getBytes(StandardCharsets.UTF_8));
      return;
    }
    out.writeUTF(main);
    out.writeInt(classes.size());
    for (Map.Entry<String, ByteArrayOutputStream> entry : classes.entrySet()) {
      out.writeUTF(entry.getKey());
      write(out, entry.getValue().toByteArray());
    }
  }

  private static void write(OutputStream out, byte[] bytes) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(bytes.length);
    data.write(bytes);
  }

  private static String errors(DiagnosticCollector<JavaFileObject> diagnostics) {
    StringBuilder text = new StringBuilder();
    for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics.getDiagnostics()) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR && text.length() < MESSAGE_LENGTH) {
        JavaFileObject source = diagnostic.getSource();
        text.append(source == null ? "" : source.getName().substring(1))
            .append(':')
            .append(diagnostic.getLineNumber())
            .append(": ")
            .append(diagnostic.getMessage(Locale.ROOT))
            .append('\n');
      }
    }
    return text.substring(0, Math.min(text.length(), MESSAGE_LENGTH)).strip();
  }

  /** The class to start: looked at without running any of its code. */
  private static String mainClass(Map<String, ByteArrayOutputStream> classes) {
    Loader loader = new Loader(classes);
    String found = null;
    for (String name : classes.keySet()) {
      try {
        Method main =
            Class.forName(name, /* initialize= */ false, loader)
                .getDeclaredMethod("main", String[].class);
        boolean starts =
            Modifier.isStatic(main.getModifiers())
                && Modifier.isPublic(main.getModifiers())
                && main.getReturnType() == void.class;
        if (starts && (found == null || name.equals("Main"))) {
          found = name;
        }
      } catch (ReflectiveOperationException | LinkageError e) {
        // Not this one.
      }
    }
    return found;
  }

  private static final class Loader extends ClassLoader {
    private final Map<String, ByteArrayOutputStream> classes;

    Loader(Map<String, ByteArrayOutputStream> classes) {
      super(ClassLoader.getPlatformClassLoader());
      this.classes = classes;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      ByteArrayOutputStream content = classes.get(name);
      if (content == null) {
        throw new ClassNotFoundException(name);
      }
      return defineClass(name, content.toByteArray(), 0, content.size());
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String path, String text) {
      super(URI.create("string:///" + path), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return true; // a public class may stand in a file of any name here
    }
  }

  private static final class Target extends SimpleJavaFileObject {
    private final ByteArrayOutputStream content;

    Target(String name, ByteArrayOutputStream content) {
      super(URI.create("memory:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
      this.content = content;
    }

    @Override
    public OutputStream openOutputStream() {
      return content;
    }
  }

  private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes;

    Memory(JavaFileManager manager, Map<String, ByteArrayOutputStream> classes) {
      super(manager);
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new Target(name, classes.computeIfAbsent(name, any -> new ByteArrayOutputStream()));
    }
  }
}
