package dev.hone.pipeline.config;

import java.util.ArrayList;
import java.util.List;

/** Datasets as an experiment's YAML describes them, for tests of what reads them. */
public final class DatasetSections {

  private DatasetSections() {}

  /** A dataset from settings such as {@code "split: train"}; the others take their defaults. */
  public static DatasetSection of(String... settings) {
    Problems problems = new Problems();
    YamlNode node = YamlReader.read("dataset", String.join("\n", settings), problems);
    DatasetSection section = new Binder(problems).section(DatasetSection.class, node, "dataset");
    problems.stop();
    return section;
  }

  /** A dataset in a file. */
  public static DatasetSection file(Object path, String... settings) {
    List<String> all = new ArrayList<>(List.of("path: '" + path + "'"));
    all.addAll(List.of(settings));
    return of(all.toArray(String[]::new));
  }
}
