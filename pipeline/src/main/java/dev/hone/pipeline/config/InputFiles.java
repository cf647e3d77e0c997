package dev.hone.pipeline.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether what an experiment reads from is there, so that no work is done in vain. */
final class InputFiles {

  private final Experiment experiment;
  private final Places places;
  private final Problems problems;

  InputFiles(Experiment experiment, Places places, Problems problems) {
    this.experiment = experiment;
    this.places = places;
    this.problems = problems;
  }

  void all() {
    present("data", experiment.data(), "a file or folder with the data");
    present("model.checkpoint", experiment.model().checkpoint(), "a Hugging Face directory");
    present(
        "model.tokenizer.path",
        experiment.model().tokenizer().path(),
        "a directory with tokenizer.json");
    for (int i = 0; i < experiment.stages().size(); i++) {
      dataset(Problems.item("stages", i) + ".dataset.path", experiment.stages().get(i).dataset());
    }
    for (int i = 0; i < experiment.evaluation().suites().size(); i++) {
      dataset(
          Problems.item("evaluation.suites", i) + ".dataset.path",
          experiment.evaluation().suites().get(i).dataset());
    }
  }

  private void present(String path, Optional<String> file, String what) {
    file.filter(name -> !Files.exists(Path.of(name)))
        .ifPresent(
            name -> problems.add(places.of(path), path, "there is no " + name + "; give " + what));
  }

  private void dataset(String path, DatasetSection dataset) {
    Optional<Path> data = experiment.data().map(Path::of);
    if (data.isPresent() && !Files.exists(data.get())) {
      return; // said already
    }
    Path folder = data.filter(Files::isDirectory).orElse(Path.of(""));
    dataset
        .path()
        .filter(name -> !name.matches(".*[*?\\[{].*"))
        .map(folder::resolve)
        .filter(file -> !Files.exists(file))
        .ifPresent(
            file ->
                problems.add(
                    places.of(path),
                    path,
                    "there is no "
                        + file
                        + (data.isPresent() || file.isAbsolute()
                            ? "; give a JSONL or Parquet file, or a folder of them"
                            : " in the working directory; name the folder that it lies in with"
                                + " --set data=FOLDER")));
  }
}
