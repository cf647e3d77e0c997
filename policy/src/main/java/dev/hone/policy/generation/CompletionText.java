package dev.hone.policy.generation;

import dev.hone.policy.tokenizer.StreamingDecoder;
import java.util.List;

/**
 * The text of a running completion, watched for stop strings wherever they cross tokens. What may
 * still turn out to be the beginning of a stop string is not released.
 */
final class CompletionText {

  private final StreamingDecoder decoder;
  private final List<String> stops;
  private final int longestStop;
  private final StringBuilder text = new StringBuilder();
  private int released;
  private boolean stopped;

  CompletionText(StreamingDecoder decoder, List<String> stops) {
    this.decoder = decoder;
    this.stops = stops;
    this.longestStop = stops.stream().mapToInt(String::length).max().orElse(0);
  }

  /** Adds a token; true where a stop string is now in the text, which is then cut before it. */
  boolean add(int token) {
    return append(decoder.add(token));
  }

  /** The completion ended by itself: adds what the decoder held back. */
  boolean finish() {
    return append(decoder.finish());
  }

  boolean stopped() {
    return stopped;
  }

  /** Text released since the last call; after the end, all that remains. */
  String release(boolean ended) {
    int until = ended || stopped ? text.length() : text.length() - undecided();
    String piece = text.substring(released, Math.max(released, until));
    released += piece.length();
    return piece;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private boolean append(String piece) {
    if (stopped || piece.isEmpty()) {
      return stopped;
    }
    int from = Math.max(0, text.length() - longestStop + 1);
    text.append(piece);
    int cut = Integer.MAX_VALUE;
    for (String stop : stops) {
      int found = text.indexOf(stop, from);
      cut = found >= 0 ? Math.min(cut, found) : cut;
    }
    if (cut < Integer.MAX_VALUE) {
      text.setLength(cut);
      stopped = true;
    }
    return stopped;
  }

  /** Length of the longest end of the text that begins a stop string. */
  private int undecided() {
    for (int length = Math.min(longestStop - 1, text.length()); length > 0; length--) {
      String end = text.substring(text.length() - length);
      for (String stop : stops) {
        if (stop.startsWith(end)) {
          return length;
        }
      }
    }
    return 0;
  }
}
