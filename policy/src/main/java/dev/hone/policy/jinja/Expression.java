package dev.hone.policy.jinja;

/** A parsed expression: its value among the variables of a scope. */
interface Expression {

  Object evaluate(Scope scope);
}
