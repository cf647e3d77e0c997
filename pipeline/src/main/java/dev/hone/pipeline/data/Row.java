package dev.hone.pipeline.data;

import java.util.Map;

/**
 * One row as it was read.
 *
 * @param number its position in the dataset, from 0, bad rows counted
 * @param place file and line, for messages
 * @param columns as JSON has them: strings, numbers, booleans, lists and maps
 */
record Row(long number, String place, Map<String, Object> columns) {}
