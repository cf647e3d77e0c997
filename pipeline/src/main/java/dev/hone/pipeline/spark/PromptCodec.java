package dev.hone.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.primitives.Ints;
import dev.hone.pipeline.data.Prompt;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@link Prompt} as a row; its columns, which may be of any shape, travel as one JSON string. */
final class PromptCodec implements RowCodec<Prompt> {

  private static final long serialVersionUID = 1;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> COLUMNS =
      new TypeReference<>() {};

  @Override
  public StructType schema() {
    return new StructType()
        .add("id", DataTypes.LongType, false)
        .add("text", DataTypes.StringType, false)
        .add("tokens", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
        .add("columns", DataTypes.StringType, false);
  }

  @Override
  public Row encode(Prompt prompt) {
    return RowFactory.create(
        prompt.id(), prompt.text(), Boxed.box(prompt.tokens()), json(prompt.columns()));
  }

  @Override
  public Comparator<Prompt> order() {
    return Comparator.comparingLong(Prompt::id);
  }

  @Override
  public Prompt decode(Row row) {
    return new Prompt(
        row.getLong(0),
        row.getString(1),
        Ints.toArray(row.<Integer>getList(2)),
        columns(row.getString(3)));
  }

  private static String json(Map<String, Object> columns) {
    try {
      return JSON.writeValueAsString(columns);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("The columns of a prompt are not JSON: " + columns, e);
    }
  }

  private static Map<String, Object> columns(String json) {
    try {
      return JSON.readValue(json, COLUMNS);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("The columns of a stored prompt are not JSON: " + json, e);
    }
  }
}
