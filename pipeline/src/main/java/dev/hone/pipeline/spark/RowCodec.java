package dev.hone.pipeline.spark;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A record as a Spark row and back. Spark's bean encoder silently makes an empty struct of a
 * record, so each noun has its own codec, tested by its round trip.
 *
 * @param <T> the record
 */
interface RowCodec<T> extends Serializable {

  StructType schema();

  Row encode(T record);

  T decode(Row row);

  /** The order in which a batch is given back, wherever its rows were computed. */
  Comparator<T> order();
}
