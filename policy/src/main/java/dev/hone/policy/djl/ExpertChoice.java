package dev.hone.policy.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.RouterSettings;
import java.util.Arrays;

/**
 * The router. Experts are chosen on the host: the choice has to come there anyway to lay out the
 * rows, and ties, which fall to the lower expert, are decided in one place.
 */
final class ExpertChoice {

  private final RouterSettings settings;
  private final int experts;
  private final float[] bias;
  private final float[] biased;
  private final float[] groupScores;

  /** {@code bias [experts]} is added for the choice alone; null for none. */
  ExpertChoice(RouterSettings settings, int experts, float[] bias) {
    this.settings = settings;
    this.experts = experts;
    this.bias = bias;
    this.biased = new float[experts];
    this.groupScores = new float[settings.groups()];
    if (settings.topK() < 1 || settings.topK() > experts || experts % settings.groups() != 0) {
      throw new IllegalArgumentException(
          "route: top-%d of %d experts in %d groups is impossible"
              .formatted(settings.topK(), experts, settings.groups()));
    }
  }

  /** {@code x [tokens, width]}, {@code gate [experts, width] -> [tokens, experts]}. */
  static PtNDArray scores(PtNDArray x, PtNDArray gate, RouterSettings.Scoring scoring) {
    PtNDArray logits = JniUtils.linear(x, gate, null);
    return scoring == RouterSettings.Scoring.SIGMOID
        ? JniUtils.sigmoid(logits)
        : JniUtils.softmax(logits, 1, DataType.FLOAT32);
  }

  /** {@code scores [tokens, experts]}, {@code chosen [tokens, topK] -> [tokens, topK]}. */
  static PtNDArray weights(
      TorchThread thread, PtNDArray scores, int[] chosen, RouterSettings settings) {
    int k = settings.topK();
    long[] index = Arrays.stream(chosen).asLongStream().toArray();
    PtNDArray places = Torch.longs(thread.manager(), index, chosen.length / k, k);
    PtNDArray own = JniUtils.gather(scores, places, 1);
    if (settings.normalize()) {
      PtNDArray sum = JniUtils.sum(own, new long[] {1}, true);
      JniUtils.addi(sum, Torch.scalar(1e-20));
      own = JniUtils.div(own, sum);
    }
    return Torch.scaled(own, settings.scale());
  }

  /** {@code scores [tokens, experts] -> [tokens, topK]}, ascending in each row. */
  int[] choose(float[] scores) {
    int tokens = scores.length / experts;
    int k = settings.topK();
    int[] chosen = new int[tokens * k];
    for (int token = 0; token < tokens; token++) {
      for (int e = 0; e < experts; e++) {
        biased[e] = scores[token * experts + e] + (bias == null ? 0 : bias[e]);
      }
      if (settings.groups() > 1 && settings.keptGroups() < settings.groups()) {
        maskGroups();
      }
      largest(biased, k, chosen, token * k);
      Arrays.sort(chosen, token * k, (token + 1) * k);
    }
    return chosen;
  }

  private void maskGroups() {
    int groups = settings.groups();
    int size = experts / groups;
    boolean topTwo = settings.groupScore() == RouterSettings.GroupScore.TOP_TWO_SUM;
    for (int group = 0; group < groups; group++) {
      float best = Float.NEGATIVE_INFINITY;
      float second = Float.NEGATIVE_INFINITY;
      for (int e = group * size; e < (group + 1) * size; e++) {
        if (biased[e] > best) {
          second = best;
          best = biased[e];
        } else if (biased[e] > second) {
          second = biased[e];
        }
      }
      groupScores[group] = topTwo && size > 1 ? best + second : best;
    }
    int[] kept = new int[settings.keptGroups()];
    largest(groupScores, kept.length, kept, 0);
    Arrays.sort(kept);
    float masked = topTwo ? Float.NEGATIVE_INFINITY : 0;
    for (int group = 0; group < groups; group++) {
      if (Arrays.binarySearch(kept, group) < 0) {
        Arrays.fill(biased, group * size, (group + 1) * size, masked);
      }
    }
  }

  /** Places of the {@code k} largest values, the largest first, the earlier of equals first. */
  private static void largest(float[] values, int k, int[] places, int offset) {
    for (int rank = 0; rank < k; rank++) {
      int best = -1;
      for (int i = 0; i < values.length; i++) {
        if (!taken(places, offset, rank, i) && (best < 0 || values[i] > values[best])) {
          best = i;
        }
      }
      places[offset + rank] = best;
    }
  }

  private static boolean taken(int[] places, int offset, int count, int place) {
    for (int i = 0; i < count; i++) {
      if (places[offset + i] == place) {
        return true;
      }
    }
    return false;
  }
}
