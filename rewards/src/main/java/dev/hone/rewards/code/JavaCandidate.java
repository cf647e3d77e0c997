package dev.hone.rewards.code;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs beside an untrusted solution in Java and calls its methods as asked, a line of JSON each
 * way: what {@code candidate.py} is for Python. It uses nothing but the JDK and {@link Json}, since
 * their class files alone are sent into the box; and all of it is in the solution's hands, so what
 * it writes back is judged outside, as a value like any other.
 */
final class JavaCandidate {

  /** Class files of the candidate's own, by path. */
  static final List<String> CLASSES =
      List.of(
          "JavaCandidate",
          "JavaArguments",
          "JavaArguments$Mismatch",
          "JavaReturned",
          "Json",
          "Json$Malformed");

  private static final String OWN_PACKAGE = JavaCandidate.class.getPackageName();

  private final List<Class<?>> classes;

  private JavaCandidate(List<Class<?>> classes) {
    this.classes = classes;
  }

  public static void main(String[] none) throws Throwable {
    JavaCandidate candidate = new JavaCandidate(classesOfTheSolution());
    try (BufferedReader requests =
        Files.newBufferedReader(Path.of("/proc/self/fd/3"), StandardCharsets.UTF_8)) {
      requests.readLine(); // the setup, which has nothing for this language
      answer(Map.of("ready", true));
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        Map<?, ?> request = (Map<?, ?>) Json.read(line);
        answer(candidate.call((String) request.get("function"), (List<?>) request.get("args")));
      }
    }
  }

  private static void answer(Map<String, ?> message) throws IOException {
    byte[] line = (Json.write(message) + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(Path.of("/proc/self/fd/4"), line, StandardOpenOption.WRITE);
  }

  /** {@code Solution} first, then {@code Main}, then the others by name. */
  private static List<Class<?>> classesOfTheSolution() throws IOException, ClassNotFoundException {
    List<String> names;
    Path here = Path.of(".");
    try (Stream<Path> files = Files.walk(here)) {
      names =
          files
              .map(file -> here.relativize(file).toString().replace('/', '.'))
              .filter(name -> name.endsWith(".class") && !name.startsWith(OWN_PACKAGE))
              .map(name -> name.substring(0, name.length() - ".class".length()))
              .sorted(
                  Comparator.comparing((String name) -> !name.equals("Solution"))
                      .thenComparing(name -> !name.equals("Main"))
                      .thenComparing(Comparator.naturalOrder()))
              .toList();
    }
    List<Class<?>> classes = new ArrayList<>();
    for (String name : names) {
      classes.add(
          Class.forName(name, /* initialize= */ false, JavaCandidate.class.getClassLoader()));
    }
    return classes;
  }

  private Map<String, ?> call(String name, List<?> arguments) throws Throwable {
    boolean named = false;
    for (Class<?> type : classes) {
      for (Method method : type.getDeclaredMethods()) {
        if (!method.getName().equals(name) || method.isSynthetic()) {
          continue;
        }
        named = true;
        Object[] values;
        try {
          values = JavaArguments.of(arguments, method.getGenericParameterTypes());
        } catch (JavaArguments.Mismatch e) {
          continue; // there may be another of that name
        }
        return Collections.singletonMap("returned", JavaReturned.tagged(invoke(method, values)));
      }
    }
    String problem =
        named
            ? "no method " + name + " takes " + Json.write(arguments)
            : "the program defines no " + name;
    return Map.of("raised", List.of("NoSuchMethodException", problem));
  }

  /** On an object of its own, unless the method is static. What it throws ends the program. */
  private static Object invoke(Method method, Object[] values) throws Throwable {
    try {
      Object object = null;
      if (!Modifier.isStatic(method.getModifiers())) {
        Constructor<?> constructor = method.getDeclaringClass().getDeclaredConstructor();
        constructor.setAccessible(true);
        object = constructor.newInstance();
      }
      method.setAccessible(true);
      return method.invoke(object, values);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
