package dev.hone.rewards.code;

import dev.hone.rewards.code.PythonValue.Bool;
import dev.hone.rewards.code.PythonValue.Bytes;
import dev.hone.rewards.code.PythonValue.Complex;
import dev.hone.rewards.code.PythonValue.Dict;
import dev.hone.rewards.code.PythonValue.Int;
import dev.hone.rewards.code.PythonValue.None;
import dev.hone.rewards.code.PythonValue.Sequence;
import dev.hone.rewards.code.PythonValue.SetOf;
import dev.hone.rewards.code.PythonValue.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a function returned what it should: Python's {@code ==}, so that {@code 1 == 1.0 == True}
 * and a list is no tuple, with two exceptions. An expected value from JSON cannot tell a tuple from
 * a list, nor a number from a string as a key, so there either will do; and floating point numbers
 * may differ by the tolerance.
 */
final class ValueComparison {

  private static final int LONGEST_UNMATCHED = 500;

  private final double tolerance;

  /**
   * @param tolerance by how much floats may differ, absolutely or relative to the expected
   */
  ValueComparison(double tolerance) {
    this.tolerance = tolerance;
  }

  boolean equal(PythonValue expected, PythonValue actual) {
    if (expected instanceof None || actual instanceof None) {
      return expected instanceof None && actual instanceof None;
    }
    if (expected instanceof Text one) {
      return actual instanceof Text other && one.value().equals(other.value());
    }
    if (expected instanceof Bytes one) {
      return actual instanceof Bytes other && one.hex().equals(other.hex());
    }
    if (expected instanceof Sequence one) {
      return actual instanceof Sequence other && equal(one, other);
    }
    if (expected instanceof SetOf one) {
      return actual instanceof SetOf other && sameItems(one.items(), other.items());
    }
    if (expected instanceof Dict one) {
      return actual instanceof Dict other && equal(one, other);
    }
    if (expected instanceof Complex || actual instanceof Complex) {
      Complex one = complex(expected);
      Complex other = complex(actual);
      return one != null
          && other != null
          && close(one.real(), other.real())
          && close(one.imaginary(), other.imaginary());
    }
    return numbers(expected, actual);
  }

  private boolean equal(Sequence expected, Sequence actual) {
    boolean kinds =
        expected.kind().equals("plain")
            || actual.kind().equals("plain")
            || expected.kind().equals(actual.kind());
    if (!kinds || expected.items().size() != actual.items().size()) {
      return false;
    }
    for (int i = 0; i < expected.items().size(); i++) {
      if (!equal(expected.items().get(i), actual.items().get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The same items in any order: first by hash, then, where few remain, each with each. */
  private boolean sameItems(List<PythonValue> expected, List<PythonValue> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    Map<PythonValue, Integer> counts = new HashMap<>();
    actual.forEach(item -> counts.merge(canonical(item), 1, Integer::sum));
    List<PythonValue> unmatched = new ArrayList<>();
    for (PythonValue item : expected) {
      PythonValue key = canonical(item);
      if (counts.merge(key, -1, Integer::sum) < 0) {
        unmatched.add(item);
      }
    }
    if (unmatched.size() > LONGEST_UNMATCHED) {
      return false;
    }
    List<PythonValue> left = new ArrayList<>();
    counts.forEach(
        (item, count) -> {
          for (int i = 0; i < count; i++) {
            left.add(item);
          }
        });
    return unmatched.stream().allMatch(item -> removeEqual(item, left));
  }

  private boolean removeEqual(PythonValue item, List<PythonValue> from) {
    for (int i = 0; i < from.size(); i++) {
      if (equal(item, from.get(i))) {
        from.remove(i);
        return true;
      }
    }
    return false;
  }

  private boolean equal(Dict expected, Dict actual) {
    int size = expected.keys().size();
    if (size != actual.keys().size()) {
      return false;
    }
    Map<PythonValue, PythonValue> values = new HashMap<>();
    for (int i = 0; i < size; i++) {
      PythonValue key = actual.keys().get(i);
      values.put(expected.plain() ? keyInJson(key) : canonical(key), actual.values().get(i));
    }
    for (int i = 0; i < size; i++) {
      PythonValue key = canonical(expected.keys().get(i));
      if (!values.containsKey(key) || !equal(expected.values().get(i), values.get(key))) {
        return false;
      }
    }
    return true;
  }

  /** Equal numbers are one key in Python, whatever their kind. */
  private static PythonValue canonical(PythonValue value) {
    if (value instanceof Bool bool) {
      return new Int(bool.value() ? BigInteger.ONE : BigInteger.ZERO);
    }
    if (value instanceof PythonValue.Float number
        && number.value() == Math.rint(number.value())
        && Double.isFinite(number.value())) {
      return new Int(new BigDecimal(number.value()).toBigIntegerExact());
    }
    return value instanceof Sequence sequence
        ? new Sequence(
            sequence.kind(), sequence.items().stream().map(ValueComparison::canonical).toList())
        : value;
  }

  /** JSON writes the keys 1, 1.5, True and None as strings. */
  private static PythonValue keyInJson(PythonValue key) {
    if (key instanceof Int whole) {
      return new Text(whole.value().toString());
    } else if (key instanceof PythonValue.Float number) {
      return new Text(Double.toString(number.value()));
    } else if (key instanceof Bool bool) {
      return new Text(String.valueOf(bool.value()));
    }
    return key instanceof None ? new Text("null") : key;
  }

  private boolean numbers(PythonValue expected, PythonValue actual) {
    BigInteger one = whole(expected);
    BigInteger other = whole(actual);
    if (one != null && other != null) {
      return one.equals(other);
    }
    if (expected instanceof PythonValue.Float a && actual instanceof PythonValue.Float b) {
      return close(a.value(), b.value());
    }
    if (one != null && actual instanceof PythonValue.Float b) {
      return closeToWhole(one, b.value());
    }
    return expected instanceof PythonValue.Float a
        && other != null
        && closeToWhole(other, a.value());
  }

  private boolean closeToWhole(BigInteger whole, double number) {
    if (!Double.isFinite(number)) {
      return false;
    }
    return new BigDecimal(whole).compareTo(new BigDecimal(number)) == 0
        || (tolerance > 0 && close(whole.doubleValue(), number));
  }

  private boolean close(double expected, double actual) {
    if (Double.isNaN(expected) || Double.isNaN(actual)) {
      return Double.isNaN(expected) && Double.isNaN(actual);
    }
    if (expected == actual) {
      return true;
    }
    return Double.isFinite(expected)
        && Double.isFinite(actual)
        && Math.abs(expected - actual) <= tolerance * Math.max(1, Math.abs(expected));
  }

  private static BigInteger whole(PythonValue value) {
    if (value instanceof Int whole) {
      return whole.value();
    }
    return value instanceof Bool bool ? (bool.value() ? BigInteger.ONE : BigInteger.ZERO) : null;
  }

  private static Complex complex(PythonValue value) {
    if (value instanceof Complex complex) {
      return complex;
    } else if (value instanceof PythonValue.Float number) {
      return new Complex(number.value(), 0);
    }
    BigInteger whole = whole(value);
    return whole == null ? null : new Complex(whole.doubleValue(), 0);
  }
}
