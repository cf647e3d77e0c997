package dev.hone.pipeline.spark;

import dev.hone.pipeline.stage.Experience;
import java.util.Comparator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@link Experience} as a row: the scored rollout nested. */
final class ExperienceCodec implements RowCodec<Experience> {

  private static final long serialVersionUID = 1;
  private static final ScoredRolloutCodec SCORED = new ScoredRolloutCodec();

  @Override
  public StructType schema() {
    return new StructType()
        .add("scored", SCORED.schema(), false)
        .add("advantage", DataTypes.DoubleType, false);
  }

  @Override
  public Row encode(Experience experience) {
    return RowFactory.create(SCORED.encode(experience.scored()), experience.advantage());
  }

  @Override
  public Comparator<Experience> order() {
    return Comparator.comparing(Experience::scored, SCORED.order());
  }

  @Override
  public Experience decode(Row row) {
    return new Experience(SCORED.decode(row.getStruct(0)), row.getDouble(1));
  }
}
