package dev.hone.pipeline.config;

import dev.hone.pipeline.config.YamlNode.Mapping;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** An experiment as a YAML file, both ways. */
public final class ExperimentFile {

  private ExperimentFile() {}

  /**
   * Reads an experiment and checks all of it, also that the files it names are there.
   *
   * @param file the YAML file
   * @param overrides changes as {@code key.path=value}, applied in order
   * @throws InvalidInput with one line for every problem
   */
  public static Experiment read(Path file, List<String> overrides) {
    return read(file.toString(), text(file), nameOf(file), overrides);
  }

  /**
   * Reads an experiment from text and checks all of it, also that the files it names are there.
   *
   * @param place what messages call the text
   * @param yaml the text
   * @param overrides changes as {@code key.path=value}, applied in order
   * @throws InvalidInput with one line for every problem
   */
  public static Experiment read(String place, String yaml, List<String> overrides) {
    return read(place, yaml, "experiment", overrides);
  }

  private static Experiment read(String place, String yaml, String name, List<String> overrides) {
    Problems problems = new Problems();
    YamlNode root = root(place, yaml, name, overrides, problems);
    Experiment experiment = experiment(root, problems);
    new InputFiles(experiment, new Places(root), problems).all();
    problems.stop();
    return experiment;
  }

  /**
   * Reads an experiment from text; the files it names may be absent.
   *
   * @param place what messages call the text
   * @param yaml the text
   * @param overrides changes as {@code key.path=value}, applied in order
   * @throws InvalidInput with one line for every problem
   */
  public static Experiment parse(String place, String yaml, List<String> overrides) {
    Problems problems = new Problems();
    return experiment(root(place, yaml, "experiment", overrides, problems), problems);
  }

  /** Where nothing else of an experiment matters. */
  record OfSandbox(@Setting(doc = "How the programs of answers are run") SandboxSection sandbox) {}

  /**
   * The settings {@code sandbox.*} alone: the defaults, changed.
   *
   * @param overrides changes as {@code sandbox.key=value}, applied in order
   * @throws InvalidInput with one line for every problem
   */
  public static SandboxSection sandbox(List<String> overrides) {
    Problems problems = new Problems();
    YamlNode root = YamlReader.read("--set", "{}", problems);
    if (root instanceof Mapping mapping) {
      overrides.forEach(override -> Overrides.apply(override, mapping, problems));
    }
    problems.stop();
    OfSandbox read = new Binder(problems).section(OfSandbox.class, root, "");
    problems.stop();
    return read.sandbox();
  }

  private static YamlNode root(
      String place, String yaml, String name, List<String> overrides, Problems problems) {
    YamlNode root = YamlReader.read(place, yaml, problems);
    problems.stop();
    if (root instanceof Mapping mapping) {
      overrides.forEach(override -> Overrides.apply(override, mapping, problems));
      if (!mapping.values().containsKey("name")) {
        mapping.put("name", place, new YamlNode.Scalar(place, YamlNode.ScalarKind.TEXT, name));
      }
    }
    return root;
  }

  private static Experiment experiment(YamlNode root, Problems problems) {
    Experiment experiment = new Binder(problems).section(Experiment.class, root, "");
    problems.stop();
    new ExperimentChecks(experiment, new Places(root), problems).all();
    problems.stop();
    return experiment;
  }

  /** The resolved experiment as YAML; reading it gives the same experiment. */
  public static String write(Experiment experiment) {
    return YamlWriter.write(experiment);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException missing) {
      throw new InvalidInput(
          file + ": no such file; name an experiment, such as configs/quickstart.yaml");
    } catch (CharacterCodingException notText) {
      throw new InvalidInput(file + ": not UTF-8 text; an experiment is a YAML file", notText);
    } catch (IOException unreadable) {
      String what = Files.isDirectory(file) ? "a folder" : unreadable.getMessage();
      throw new InvalidInput(
          file + ": cannot be read (" + what + "); name a YAML file", unreadable);
    }
  }

  private static String nameOf(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
