package dev.hone.pipeline.config;

/** DAPO's overlong shaping: a linear penalty over the last tokens before the limit. */
public record OverlongSection(
    @Setting(value = "0", min = 0, doc = "Tokens before the limit over which it grows; 0 is off")
        int buffer,
    @Setting(value = "1.0", min = 0, doc = "Penalty at the limit") double penalty) {}
