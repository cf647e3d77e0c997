package dev.hone.policy.djl;

import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A list of tensors to release together. */
final class DjlScope implements Scope {

  private final TorchThread thread;
  private final DjlScope parent;
  private final List<DjlTensor> tensors = new ArrayList<>();
  private boolean closed;

  DjlScope(TorchThread thread, DjlScope parent) {
    this.thread = thread;
    this.parent = parent;
  }

  void adopt(DjlTensor tensor) {
    tensor.owner = this;
    tensors.add(tensor);
  }

  @Override
  public Tensor keep(Tensor tensor) {
    DjlTensor kept = DjlTensor.of(tensor);
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
    thread.closeScope(this);
    closed = true;
    for (DjlTensor tensor : tensors) {
      if (tensor.owner == this) {
        tensor.close();
      }
    }
    tensors.clear();
  }
}
