package dev.hone.pipeline.stage;

import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tokenizer.Tokenizer;
import java.nio.file.Path;

/**
 * The one policy a JVM holds for sampling. It is loaded when first asked for and again when the
 * version moves; the old one's memory is freed as soon as nobody uses it any more.
 */
public final class PolicyHolder {

  private static PolicyHolder current;

  private final PolicyReference reference;
  private final Ops ops;
  private final DecoderModel model;
  private final Tokenizer tokenizer;
  private int users;
  private boolean outdated;

  private PolicyHolder(PolicyReference reference) {
    this.reference = reference;
    this.ops = Backends.choose(reference.backend(), reference.dtype()).open(reference.threads());
    Path directory = Path.of(reference.checkpoint());
    this.model = Checkpoint.open(directory).load(ops, Purpose.INFERENCE);
    this.tokenizer = Tokenizer.open(directory);
  }

  /** A use of the policy, to be closed after it. */
  public static synchronized Lease lease(PolicyReference reference) {
    if (current == null || !current.reference.equals(reference)) {
      clear();
      current = new PolicyHolder(reference);
    }
    current.users++;
    return new Lease(current);
  }

  /** Frees the policy held, now or when its last user is done. */
  public static synchronized void clear() {
    if (current != null) {
      current.outdated = true;
      current.closeIfUnused();
      current = null;
    }
  }

  private static synchronized void giveBack(PolicyHolder holder) {
    holder.users--;
    holder.closeIfUnused();
  }

  private void closeIfUnused() {
    if (outdated && users == 0) {
      model.close();
      ops.close();
    }
  }

  /** The right to use the policy until it is closed. */
  public static final class Lease implements AutoCloseable {
    private final PolicyHolder holder;

    private Lease(PolicyHolder holder) {
      this.holder = holder;
    }

    public DecoderModel model() {
      return holder.model;
    }

    public Tokenizer tokenizer() {
      return holder.tokenizer;
    }

    @Override
    public void close() {
      giveBack(holder);
    }
  }
}
