package dev.hone.policy.tokenizer;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Turns a growing sequence of tokens into text, whole characters only: while the last bytes may
 * still become a character (the text ends in U+FFFD) they are held back. The pieces together are
 * what decoding the whole sequence at once gives. Decodes a window of the last tokens only, so a
 * token costs the same wherever it stands, and one piece of context before it, so that decoders
 * which treat a first token otherwise (a leading space) see no first token.
 */
public final class StreamingDecoder {

  private final Function<int[], String> decode;
  private int[] tokens = new int[16];
  private int length;
  private int context;
  private int emitted;

  StreamingDecoder(Function<int[], String> decode) {
    this.decode = decode;
  }

  /** The text that {@code token} completes; often empty. */
  public String add(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
    }
    tokens[length++] = token;
    String piece = pending();
    return piece.endsWith("\uFFFD") ? "" : emit(piece);
  }

  /** What was held back, U+FFFD where it never became a character. */
  public String finish() {
    return emit(pending());
  }

  private String pending() {
    String known = decode.apply(Arrays.copyOfRange(tokens, context, emitted));
    String now = decode.apply(Arrays.copyOfRange(tokens, context, length));
    return now.length() > known.length() ? now.substring(known.length()) : "";
  }

  private String emit(String piece) {
    if (!piece.isEmpty()) {
      context = emitted;
      emitted = length;
    }
    return piece;
  }
}
