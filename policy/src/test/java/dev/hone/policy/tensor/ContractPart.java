package dev.hone.policy.tensor;

import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Base of the parts of {@link OpsContract}: fresh operations for each test. */
abstract class ContractPart {

  private final IntFunction<Ops> backend;
  Ops ops;
  OpsCheck check;

  /**
   * @param backend opens the operations under test, one using so many threads
   */
  ContractPart(IntFunction<Ops> backend) {
    this.backend = backend;
  }

  final Ops open(int threads) {
    return backend.apply(threads);
  }

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
