package dev.hone.policy.jinja;

import java.util.List;
import java.util.function.Function;

/** The variable {@code loop} inside a {@code for}. */
final class Loop {

  private final List<?> elements;
  private final int depth;
  private final Function<Object, String> recurse;
  private int index;
  private Object lastChanged = this;

  /**
   * @param depth of nested recursive loops, from 1
   * @param recurse runs the loop over other elements; null where it is not recursive
   */
  Loop(List<?> elements, int depth, Function<Object, String> recurse) {
    this.elements = elements;
    this.depth = depth;
    this.recurse = recurse;
  }

  void at(int position) {
    index = position;
  }

  Object attribute(String name) {
    int size = elements.size();
    return switch (name) {
      case "index" -> (long) index + 1;
      case "index0" -> (long) index;
      case "revindex" -> (long) size - index;
      case "revindex0" -> (long) size - index - 1;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> (long) size;
      case "depth" -> (long) depth;
      case "depth0" -> (long) depth - 1;
      case "previtem" ->
          index > 0 ? elements.get(index - 1) : new Undefined("the item before the first");
      case "nextitem" ->
          index < size - 1 ? elements.get(index + 1) : new Undefined("the item after the last");
      case "cycle" ->
          (Callable) arguments -> arguments.positional().get(index % arguments.positional().size());
      case "changed" ->
          (Callable)
              arguments -> {
                boolean changed = !arguments.positional().equals(lastChanged);
                lastChanged = arguments.positional();
                return changed;
              };
      default -> new Undefined("'" + name + "' of the loop");
    };
  }

  Object call(Arguments arguments) {
    if (recurse == null) {
      throw new TemplateError("the loop is not recursive");
    }
    return recurse.apply(arguments.require(0, "iterable"));
  }
}
