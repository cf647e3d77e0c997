package dev.hone.policy.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code for target in elements if filter}: each round has variables of its own.
 *
 * @param filter null where all elements are taken
 */
record ForLoop(
    Target target, Expression filter, boolean recursive, Statement body, Statement otherwise) {

  void run(Object elements, int depth, Scope scope, StringBuilder out) {
    List<Object> chosen = new ArrayList<>();
    for (Object element : Values.iterate(elements)) {
      if (filter != null) {
        Scope inner = new Scope(scope);
        target.assign(inner, element);
        if (!Values.truth(filter.evaluate(inner))) {
          continue;
        }
      }
      chosen.add(element);
    }
    if (chosen.isEmpty()) {
      otherwise.run(new Scope(scope), out);
      return;
    }
    Loop loop = new Loop(chosen, depth, recursive ? inner -> nested(inner, depth, scope) : null);
    for (int i = 0; i < chosen.size(); i++) {
      loop.at(i);
      Scope round = new Scope(scope);
      target.assign(round, chosen.get(i));
      round.set("loop", loop);
      try {
        body.run(round, out);
      } catch (LoopControl control) {
        if (control == LoopControl.BREAK) {
          break;
        }
      }
    }
  }

  private String nested(Object elements, int depth, Scope scope) {
    StringBuilder out = new StringBuilder();
    run(elements, depth + 1, scope, out);
    return out.toString();
  }
}
