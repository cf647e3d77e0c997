package dev.hone.pipeline.config;

import dev.hone.sandbox.SandboxSettings.Image;
import java.util.List;
import java.util.Optional;

/** What one language runs with. */
public record ImageSection(
    @Setting(doc = "Path of the interpreter or compiler") Optional<String> interpreter,
    @Setting(doc = "Arguments to it, before the program") List<String> arguments,
    @Setting(doc = "Folders of packages (sys.path, class path, NODE_PATH)") List<String> packages,
    @Setting(doc = "Further folders that its programs may read") List<String> mounts) {

  Image image() {
    return new Image(interpreter, arguments, packages, mounts);
  }
}
