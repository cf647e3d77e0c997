package dev.hone.pipeline.spark;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import dev.hone.pipeline.stage.Rollout;
import java.util.Comparator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@link Rollout} as a row, its prompt nested. */
final class RolloutCodec implements RowCodec<Rollout> {

  private static final long serialVersionUID = 1;
  private static final PromptCodec PROMPT = new PromptCodec();

  @Override
  public StructType schema() {
    return new StructType()
        .add("prompt", PROMPT.schema(), false)
        .add("sample", DataTypes.IntegerType, false)
        .add("policy_version", DataTypes.LongType, false)
        .add("completion", DataTypes.StringType, false)
        .add("tokens", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
        .add("logp", DataTypes.createArrayType(DataTypes.FloatType, false), false)
        .add("sampling_logp", DataTypes.createArrayType(DataTypes.FloatType, false), false)
        .add("finish_reason", DataTypes.StringType, false);
  }

  @Override
  public Row encode(Rollout rollout) {
    return RowFactory.create(
        PROMPT.encode(rollout.prompt()),
        rollout.sample(),
        rollout.policyVersion(),
        rollout.completion(),
        Boxed.box(rollout.tokens()),
        Boxed.box(rollout.logProbs()),
        Boxed.box(rollout.samplingLogProbs()),
        rollout.finishReason());
  }

  @Override
  public Comparator<Rollout> order() {
    return Comparator.comparing(Rollout::prompt, PROMPT.order()).thenComparingInt(Rollout::sample);
  }

  @Override
  public Rollout decode(Row row) {
    return new Rollout(
        PROMPT.decode(row.getStruct(0)),
        row.getInt(1),
        row.getLong(2),
        row.getString(3),
        Ints.toArray(row.<Integer>getList(4)),
        Floats.toArray(row.<Float>getList(5)),
        Floats.toArray(row.<Float>getList(6)),
        row.getString(7));
  }
}
