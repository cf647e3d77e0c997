package dev.hone.policy.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The scopes that one thread has open, innermost first. */
public final class ScopeStack {

  private final Deque<OpenScope> scopes = new ArrayDeque<>();

  /** Opens a scope within the innermost one. */
  public Scope open() {
    OpenScope scope = new OpenScope(scopes.peek());
    scopes.push(scope);
    return scope;
  }

  /** Gives a fresh tensor to the innermost scope, if any is open; returns it. */
  public <T extends AbstractTensor> T own(T tensor) {
    OpenScope scope = scopes.peek();
    if (scope != null) {
      scope.adopt(tensor);
    }
    return tensor;
  }

  /** Tensors to release together. */
  private final class OpenScope implements Scope {

    private final OpenScope parent;
    private final List<AbstractTensor> tensors = new ArrayList<>();
    private boolean closed;

    OpenScope(OpenScope parent) {
      this.parent = parent;
    }

    void adopt(AbstractTensor tensor) {
      tensor.owner = this;
      tensors.add(tensor);
    }

    @Override
    public Tensor keep(Tensor tensor) {
      AbstractTensor kept = AbstractTensor.require(AbstractTensor.class, tensor);
      if (kept.owner == this) {
        kept.owner = null;
        if (parent != null) {
          parent.adopt(kept);
        }
      }
      return tensor;
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      if (scopes.peek() != this) {
        throw new IllegalStateException("Scopes close in the reverse order of their opening");
      }
      scopes.pop();
      closed = true;
      for (AbstractTensor tensor : tensors) {
        if (tensor.owner == this) {
          tensor.close();
        }
      }
      tensors.clear();
    }
  }
}
