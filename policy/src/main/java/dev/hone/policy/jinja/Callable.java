package dev.hone.policy.jinja;

/** A function, method or macro. */
interface Callable {

  Object call(Arguments arguments);
}
