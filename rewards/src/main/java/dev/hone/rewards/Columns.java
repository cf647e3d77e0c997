package dev.hone.rewards;

import java.util.Map;

/** Looks up a column of a row by name, or by path into nested maps: {@code reward_model.style}. */
public final class Columns {

  private static final Object ABSENT = new Object();

  private Columns() {}

  /** True where the row has the column, be its value null or not. */
  public static boolean contains(Map<String, Object> row, String path) {
    return find(row, path) != ABSENT;
  }

  /** The column's value; null where it is null or absent. */
  public static Object value(Map<String, Object> row, String path) {
    Object found = find(row, path);
    return found == ABSENT ? null : found;
  }

  private static Object find(Map<?, ?> row, String path) {
    if (row.containsKey(path)) {
      return row.get(path);
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      if (row.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
        Object found = find(inner, path.substring(dot + 1));
        if (found != ABSENT) {
          return found;
        }
      }
    }
    return ABSENT;
  }
}
