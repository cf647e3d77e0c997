package dev.hone.policy.tensor;

import org.junit.jupiter.api.Nested;

/** All that every backend's operations promise: a backend's test extends this, and says who. */
public abstract class OpsContract {

  /** The operations under test, one operation using this many threads. */
  protected abstract Ops open(int threads);

  @Nested
  class Layers extends LayerContract {
    Layers() {
      super(OpsContract.this::open);
    }
  }

  @Nested
  class Attention extends AttentionContract {
    Attention() {
      super(OpsContract.this::open);
    }
  }

  @Nested
  class Experts extends ExpertContract {
    Experts() {
      super(OpsContract.this::open);
    }
  }

  @Nested
  class Head extends HeadContract {
    Head() {
      super(OpsContract.this::open);
    }
  }

  @Nested
  class Training extends TrainingContract {
    Training() {
      super(OpsContract.this::open);
    }
  }
}
