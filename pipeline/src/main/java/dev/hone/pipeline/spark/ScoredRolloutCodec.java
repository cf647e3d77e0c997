package dev.hone.pipeline.spark;

import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.Verdict;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@link ScoredRollout} as a row: the rollout nested, the judgements in the experiment's order. */
final class ScoredRolloutCodec implements RowCodec<ScoredRollout> {

  private static final long serialVersionUID = 1;
  private static final RolloutCodec ROLLOUT = new RolloutCodec();
  private static final StructType MEASURE =
      new StructType()
          .add("name", DataTypes.StringType, false)
          .add("value", DataTypes.DoubleType, false);
  private static final StructType JUDGEMENT =
      new StructType()
          .add("name", DataTypes.StringType, false)
          .add("score", DataTypes.DoubleType, false)
          .add("verdict", DataTypes.StringType, false)
          .add("extracted", DataTypes.StringType, false)
          .add("reason", DataTypes.StringType, false)
          .add("measures", DataTypes.createArrayType(MEASURE, false), true);

  @Override
  public StructType schema() {
    return new StructType()
        .add("rollout", ROLLOUT.schema(), false)
        .add("reward", DataTypes.DoubleType, false)
        .add("judgements", DataTypes.createArrayType(JUDGEMENT, false), false);
  }

  @Override
  public Row encode(ScoredRollout scored) {
    List<Row> judgements =
        scored.judgements().entrySet().stream()
            .map(named -> judgement(named.getKey(), named.getValue()))
            .toList();
    return RowFactory.create(
        ROLLOUT.encode(scored.rollout()), scored.reward(), Boxed.box(judgements));
  }

  private static Row judgement(String name, Judgement judgement) {
    return RowFactory.create(
        name,
        judgement.score(),
        judgement.verdict().name(),
        judgement.extracted(),
        judgement.reason(),
        Boxed.box(
            judgement.measures().entrySet().stream()
                .map(measure -> RowFactory.create(measure.getKey(), measure.getValue()))
                .toList()));
  }

  @Override
  public Comparator<ScoredRollout> order() {
    return Comparator.comparing(ScoredRollout::rollout, ROLLOUT.order());
  }

  @Override
  public ScoredRollout decode(Row row) {
    List<Row> rows = row.getList(2);
    Map<String, Judgement> judgements = new LinkedHashMap<>();
    for (Row judgement : rows) {
      judgements.put(
          judgement.getString(0),
          new Judgement(
              judgement.getDouble(1),
              Verdict.valueOf(judgement.getString(2)),
              judgement.getString(3),
              judgement.getString(4),
              measures(judgement)));
    }
    return new ScoredRollout(ROLLOUT.decode(row.getStruct(0)), row.getDouble(1), judgements);
  }

  private static Map<String, Double> measures(Row judgement) {
    Map<String, Double> measures = new LinkedHashMap<>();
    if (judgement.size() > 5 && !judgement.isNullAt(5)) { // runs of earlier versions have none
      List<Row> rows = judgement.getList(5);
      rows.forEach(row -> measures.put(row.getString(0), row.getDouble(1)));
    }
    return measures;
  }
}
