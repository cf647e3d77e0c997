package dev.hone.policy.tensor;

/**
 * The order in which {@link Ops#permute} lays token rows out for the experts. Opaque: only the
 * backend that made it reads it. {@link #rows()} is tokens times k, plus any rows a backend adds to
 * square its blocks (what they hold is the backend's; {@link Ops#unpermute} drops them).
 */
public interface ExpertDispatch {
  int rows();
}
