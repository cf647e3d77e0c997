package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.CacheSlots;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Packing;
import java.util.ArrayList;
import java.util.List;

/**
 * A dense cache: of each layer one plane {@code [slots * heads, capacity, width]} for each thing
 * remembered (the latent; or keys and values), grown in blocks as sequences lengthen. A fork copies
 * its rows.
 */
final class DjlKvCache implements KvCache {

  private static final int BLOCK = 64;

  /** One thing remembered of one layer; {@code flat} is the same memory as a list of rows. */
  private record Plane(int heads, int width, PtNDArray array, PtNDArray flat) {
    void close() {
      flat.close();
      array.close();
    }
  }

  private final PtNDManager manager;
  private final Spec spec;
  private final List<List<Plane>> layers = new ArrayList<>();
  private final CacheSlots slots = new CacheSlots();
  private int planeSlots;
  private int capacity = BLOCK;

  DjlKvCache(PtNDManager manager, Spec spec) {
    this.manager = manager;
    this.spec = spec;
    for (int layer = 0; layer < spec.layers(); layer++) {
      layers.add(new ArrayList<>());
    }
  }

  @Override
  public Spec spec() {
    return spec;
  }

  int capacity() {
    return capacity;
  }

  @Override
  public int open(int limit) {
    return roomFor(slots.open(limit));
  }

  @Override
  public int fork(int slot, int limit) {
    int fork = roomFor(slots.fork(slot, limit));
    int copied = slots.length(fork);
    if (copied > 0) {
      try (NDScope temporaries = new NDScope()) {
        temporaries.suppressNotUsedWarning();
        for (List<Plane> planes : layers) {
          for (Plane plane : planes) {
            copy(plane, slot, fork, copied);
          }
        }
      }
    }
    return fork;
  }

  private int roomFor(int slot) {
    if (slot >= planeSlots) {
      resize(Math.max(8, planeSlots * 2), capacity);
    }
    return slot;
  }

  private static void copy(Plane plane, int from, int to, int rows) {
    int heads = plane.heads();
    PtNDArray source = Torch.rows(plane.array(), from * heads, (from + 1) * heads);
    JniUtils.indexSet(
        plane.array(),
        JniUtils.slice(source, 1, 0, rows, 1),
        new long[] {(long) to * heads, 0, 0},
        new long[] {(to + 1L) * heads, rows, plane.width()},
        new long[] {1, 1, 1});
  }

  @Override
  public int length(int slot) {
    return slots.length(slot);
  }

  /** Makes room for {@code added} more tokens in {@code slot}. */
  void reserve(int slot, int added) {
    int needed = slots.lengthWith(added, slot);
    if (needed > capacity) {
      int grown = Math.max(needed, capacity + capacity / 2);
      resize(planeSlots, (grown + BLOCK - 1) / BLOCK * BLOCK);
    }
  }

  private void resize(int count, int rows) {
    int oldSlots = planeSlots;
    int oldRows = capacity;
    planeSlots = count;
    capacity = rows;
    for (List<Plane> planes : layers) {
      for (int i = 0; i < planes.size(); i++) {
        Plane old = planes.get(i);
        Plane grown = plane(old.heads(), old.width());
        JniUtils.indexSet(
            grown.array(),
            old.array(),
            new long[] {0, 0, 0},
            new long[] {(long) oldSlots * old.heads(), oldRows, old.width()},
            new long[] {1, 1, 1});
        planes.set(i, grown);
        old.close();
      }
    }
  }

  private Plane plane(int heads, int width) {
    PtNDArray array =
        Torch.retain(Torch.zeros(manager, (long) planeSlots * heads, capacity, width));
    PtNDArray flat = Torch.retain(JniUtils.reshape(array, new long[] {-1, width}));
    return new Plane(heads, width, array, flat);
  }

  /**
   * Stores {@code rows [tokens * heads, width]} as thing {@code index} of {@code layer} at {@code
   * places} of its list of rows.
   */
  void store(int layer, int index, int heads, int width, PtNDArray rows, NDIndex places) {
    List<Plane> planes = layers.get(layer);
    if (planes.size() == index) {
      planes.add(plane(heads, width));
    }
    Torch.put(planes.get(index).flat(), places, rows);
  }

  /** {@code [slots * heads, capacity, width]}. */
  PtNDArray array(int layer, int index) {
    return layers.get(layer).get(index).array();
  }

  @Override
  public void advance(Packing packing) {
    DjlPacking finished = DjlPacking.of(packing);
    if (finished.heldIn() != this) {
      throw new IllegalArgumentException("The packing was not made for this cache");
    }
    slots.advance(finished);
  }

  @Override
  public void release(int slot) {
    slots.release(slot);
  }

  @Override
  public long bytes() {
    long numbers = 0;
    for (List<Plane> planes : layers) {
      for (Plane plane : planes) {
        numbers += (long) planeSlots * plane.heads() * capacity * plane.width();
      }
    }
    return numbers * Float.BYTES;
  }

  @Override
  public void close() {
    for (List<Plane> planes : layers) {
      planes.forEach(Plane::close);
      planes.clear();
    }
  }
}
