package dev.hone.pipeline.config;

/** When a stage is measured and saved. */
public record CheckpointSection(
    @Setting(value = "0", min = 0, doc = "Evaluate every so many steps; 0: only before and after")
        int evalSteps,
    @Setting(value = "100", min = 0, doc = "Save every so many steps; 0: only at the end")
        int saveSteps,
    @Setting(
            value = "2",
            min = 1,
            doc = "Keep so many checkpoints of a stage, and the best besides")
        int saveTotalLimit) {}
