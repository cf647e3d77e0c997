package dev.hone.policy.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.ShapeChecks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The engine's trace, plus the fused heads that stand after it: a head's own backward runs first,
 * in chunks, and what it finds for the hidden states enters the trace as one more root.
 */
final class DjlTape implements GradientTape {

  private final TorchThread thread;
  private final List<FusedHead> heads = new ArrayList<>();
  private boolean spent;

  DjlTape(TorchThread thread) {
    this.thread = thread;
    thread.start(this);
  }

  void add(FusedHead head) {
    heads.add(head);
  }

  @Override
  public void backward(List<Root> roots) {
    if (spent) {
      throw new IllegalStateException("backward may be called once a tape");
    }
    spent = true;
    JniUtils.setGradMode(false);
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      List<PtNDArray> outputs = new ArrayList<>();
      List<PtNDArray> gradients = new ArrayList<>();
      Map<FusedHead, FusedHead.Gradients> asked = new LinkedHashMap<>();
      for (Root root : roots) {
        DjlTensor output = DjlTensor.of(root.output());
        ShapeChecks.size("backward", output.shape(), root.gradient().length);
        if (output instanceof FusedHead.Output fused) {
          asked
              .computeIfAbsent(fused.head(), head -> head.noGradients())
              .add(fused, root.gradient());
        } else if (output.mayBeTraced()) {
          outputs.add(output.array());
          gradients.add(Torch.floats(thread.manager(), root.gradient(), root.gradient().length));
        }
      }
      asked.forEach((head, wanted) -> head.backward(wanted, outputs, gradients));
      JniUtils.setGradMode(true);
      pull(outputs, gradients);
    } finally {
      JniUtils.setGradMode(thread.recording());
    }
  }

  /**
   * One traversal for all roots, since their histories overlap and the engine frees a history as it
   * passes.
   */
  private void pull(List<PtNDArray> outputs, List<PtNDArray> gradients) {
    if (outputs.isEmpty()) {
      return;
    }
    PtNDArray[] flat =
        outputs.stream()
            .map(output -> JniUtils.reshape(output, new long[] {-1}))
            .toArray(PtNDArray[]::new);
    PtNDArray output = flat.length == 1 ? flat[0] : JniUtils.cat(flat, 0);
    PtNDArray gradient =
        flat.length == 1 ? gradients.get(0) : JniUtils.cat(gradients.toArray(PtNDArray[]::new), 0);
    try {
      JniUtils.backward(output, gradient, false, false);
    } catch (EngineException refused) {
      // No root depends on a trainable parameter: there is nothing to add to.
      if (!String.valueOf(refused.getMessage()).contains("does not require grad")) {
        throw refused;
      }
    }
  }

  @Override
  public void close() {
    thread.stop(this);
    heads.forEach(FusedHead::close);
    heads.clear();
  }
}
