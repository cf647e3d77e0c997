package dev.hone.policy.jinja;

/** A name, key or attribute that is not there: empty where printed, an error where looked into. */
record Undefined(String name) {

  TemplateError error() {
    return new TemplateError(name + " is undefined");
  }
}
