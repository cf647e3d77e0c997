package dev.hone.pipeline.config;

import java.util.List;
import java.util.Optional;

/** What is measured, and by which figure the best checkpoint is chosen. */
public record EvaluationSection(
    @Setting(doc = "Sets of problems, each measured on its own") List<SuiteSection> suites,
    @Setting(doc = "Name of the reward that decides whether an answer is right; the first one")
        Optional<String> reward,
    @Setting(doc = "Metric that chooses the best checkpoint; eval/<first suite>/pass@<its first k>")
        Optional<String> bestMetric) {}
