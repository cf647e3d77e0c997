package dev.hone.pipeline.config;

import java.util.List;

/** One set of problems and how it is answered. */
public record SuiteSection(
    @Setting(value = "test", doc = "Name in the metrics (eval/<name>/pass@1)") String name,
    @Setting(doc = "The problems") DatasetSection dataset,
    @Setting(value = "1", min = 1, doc = "Answers to each problem") int numGenerations,
    @Setting(value = "[1]", min = 1, doc = "The k of pass@k, avg@k and maj@k") List<Integer> k,
    @Flat(defaults = "temperature=0") SamplingSection sampling,
    @Setting(value = "256", min = 1, doc = "Most answers written at the same time by one task")
        int maxRunningSequences,
    @Setting(value = "1", min = 1, doc = "Spark tasks that share the problems")
        int rolloutPartitions) {}
