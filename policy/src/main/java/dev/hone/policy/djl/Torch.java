package dev.hone.policy.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engine: loaded once, on the processor, without asking any network. Arrays made here own their
 * memory in the engine: an array over a Java buffer would leave the engine's trace with a dangling
 * pointer once the buffer is collected.
 */
final class Torch {

  private static final PtNDManager ROOT = load();
  private static final ConcurrentHashMap<Float, PtNDArray> SCALARS = new ConcurrentHashMap<>();

  private Torch() {}

  private static PtNDManager load() {
    defaultProperty("ai.djl.offline", "true");
    defaultProperty("OPT_OUT_TRACKING", "true");
    defaultProperty("ai.djl.default_engine", "PyTorch");
    OpenMp.spinBriefly();
    return (PtNDManager) Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
  }

  private static void defaultProperty(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  static PtNDManager newManager() {
    return (PtNDManager) ROOT.newSubManager(Device.cpu());
  }

  static String version() {
    return Engine.getEngine("PyTorch").getVersion();
  }

  /** The extents of {@code shape} as the engine wants them. */
  static long[] extents(dev.hone.policy.tensor.Shape shape) {
    return Arrays.stream(shape.dims()).asLongStream().toArray();
  }

  /** A constant without dimensions, shared and never closed. */
  static PtNDArray scalar(double value) {
    return SCALARS.computeIfAbsent(
        (float) value,
        key -> {
          PtNDArray made =
              JniUtils.full(
                  ROOT, new Shape(), key, DataType.FLOAT32, Device.cpu(), SparseFormat.DENSE);
          NDScope.unregister(made);
          return made;
        });
  }

  static PtNDArray zeros(PtNDManager manager, long... dims) {
    return JniUtils.createZerosNdArray(
        manager, new Shape(dims), DataType.FLOAT32, Device.cpu(), SparseFormat.DENSE);
  }

  static PtNDArray floats(PtNDManager manager, float[] values, long... dims) {
    PtNDArray array = empty(manager, DataType.FLOAT32, dims);
    bytes(array).asFloatBuffer().put(values);
    return array;
  }

  static PtNDArray ints(PtNDManager manager, int[] values, long... dims) {
    PtNDArray array = empty(manager, DataType.INT32, dims);
    bytes(array).asIntBuffer().put(values);
    return array;
  }

  static PtNDArray longs(PtNDManager manager, long[] values, long... dims) {
    PtNDArray array = empty(manager, DataType.INT64, dims);
    bytes(array).asLongBuffer().put(values);
    return array;
  }

  private static PtNDArray empty(PtNDManager manager, DataType type, long... dims) {
    return JniUtils.createEmptyNdArray(
        manager, new Shape(dims), type, Device.cpu(), SparseFormat.DENSE);
  }

  /**
   * The elements in place, row-major; of an array that is not laid out so, a copy that lives as
   * long as the innermost temporary scope.
   */
  static ByteBuffer bytes(PtNDArray array) {
    return JniUtils.getByteBuffer(array, true);
  }

  /** Takes an array out of the temporaries of the running operation. */
  static PtNDArray retain(PtNDArray array) {
    NDScope.unregister(array);
    return array;
  }

  static PtNDArray scaled(PtNDArray x, double factor) {
    return factor == 1 ? x : JniUtils.mul(x, scalar(factor));
  }

  /** Columns {@code [from, to)} of the last of {@code rank} dimensions, as a view. */
  static PtNDArray columns(PtNDArray x, int rank, int from, int to) {
    return JniUtils.slice(x, rank - 1, from, to, 1);
  }

  /**
   * Neighbouring parts along {@code axis}, as views. The gradient of one split is one
   * concatenation, where each slice would give a gradient as large as the whole.
   */
  static PtNDArray[] split(PtNDArray x, int axis, long... extents) {
    NDList parts = JniUtils.split(x, extents, axis);
    PtNDArray[] arrays = new PtNDArray[parts.size()];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = (PtNDArray) parts.get(i);
    }
    return arrays;
  }

  /** Rows {@code [from, to)} of dimension 0, as a view. */
  static PtNDArray rows(PtNDArray x, int from, int to) {
    return JniUtils.slice(x, 0, from, to, 1);
  }

  /** Rows {@code index[i]} of {@code table [n, width]}. */
  static PtNDArray gather(PtNDArray table, PtNDArray index) {
    return JniUtils.embedding(index, table, false);
  }

  /** {@code array[index[i]]} along dimension 0, of any rank; not for the trace. */
  static PtNDArray select(PtNDArray array, PtNDArray index, PtNDManager manager) {
    return JniUtils.indexAdv(array, new NDIndex("{}", index), manager);
  }

  /** {@code array[index[i]] = rows[i]} in place. */
  static void put(PtNDArray array, NDIndex index, PtNDArray rows) {
    JniUtils.indexAdvPut(array, index, rows);
  }
}
