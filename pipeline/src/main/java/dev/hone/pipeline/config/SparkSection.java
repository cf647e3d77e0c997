package dev.hone.pipeline.config;

import java.util.Map;

/** How Spark is reached. */
public record SparkSection(
    @Setting(value = "local[*]", doc = "Master URL; spark-submit's --master wins") String master,
    @Setting(doc = "Further Spark settings, such as spark.executor.memory: 8g")
        Map<String, String> conf) {}
