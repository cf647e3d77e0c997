package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A list of tensors to release together. */
final class NativeScope implements Scope {

  private final NativeThread thread;
  private final NativeScope parent;
  private final List<NativeTensor> tensors = new ArrayList<>();
  private boolean closed;

  NativeScope(NativeThread thread, NativeScope parent) {
    this.thread = thread;
    this.parent = parent;
  }

  void adopt(NativeTensor tensor) {
    tensor.owner = this;
    tensors.add(tensor);
  }

  @Override
  public Tensor keep(Tensor tensor) {
    NativeTensor kept = NativeTensor.of(tensor);
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
    for (NativeTensor tensor : tensors) {
      if (tensor.owner == this) {
        tensor.close();
      }
    }
    tensors.clear();
  }
}
