package dev.hone.policy.jinja;

/** A parsed piece of a template: writes to {@code out} and sets variables. */
interface Statement {

  void run(Scope scope, StringBuilder out);
}
