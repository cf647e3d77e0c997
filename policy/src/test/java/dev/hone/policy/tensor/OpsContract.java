package dev.hone.policy.tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Base of the contract that every backend's operations keep. A backend's test extends each part.
 */
public abstract class OpsContract {

  protected Ops ops;
  OpsCheck check;

  /** The operations under test, one operation using this many threads. */
  protected abstract Ops open(int threads);

  @BeforeEach
  void openOperations() {
    ops = open(1);
    check = new OpsCheck(ops, 17);
  }

  @AfterEach
  void closeOperations() {
    ops.close();
  }

  static int[] shape(int... dims) {
    return dims;
  }

  static int sum(int[] lengths) {
    int sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum;
  }
}
