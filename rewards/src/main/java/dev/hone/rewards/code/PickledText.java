package dev.hone.rewards.code;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A pickle of one string, as Python's {@code pickle.dumps(text)} writes it in protocols 0 to 5, and
 * of nothing else: a pickle is a program, and no other is run here. The opcodes are those of
 * CPython's {@code Lib/pickletools.py}.
 */
final class PickledText {

  /** The bytes are no pickle of one string. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message, null, false, false);
    }
  }

  private static final int PROTO = 0x80;
  private static final int FRAME = 0x95;
  private static final int UNICODE = 'V';
  private static final int BINUNICODE = 'X';
  private static final int SHORT_BINUNICODE = 0x8c;
  private static final int PUT = 'p';
  private static final int BINPUT = 'q';
  private static final int LONG_BINPUT = 'r';
  private static final int MEMOIZE = 0x94;
  private static final int STOP = '.';

  private final ByteBuffer pickle;
  private String text;

  private PickledText(byte[] pickle) {
    this.pickle = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The string.
   *
   * @throws Unreadable where the pickle holds anything else
   */
  static String read(byte[] pickle) throws Unreadable {
    return new PickledText(pickle).read();
  }

  private String read() throws Unreadable {
    try {
      while (true) {
        int opcode = pickle.get() & 0xFF;
        switch (opcode) {
          case PROTO, BINPUT -> pickle.get();
          case FRAME -> pickle.getLong();
          case LONG_BINPUT -> pickle.getInt();
          case PUT -> line();
          case MEMOIZE -> {} // remembers the string for later use, of which there is none
          case UNICODE -> push(escaped(line()), opcode);
          case BINUNICODE -> push(utf8(pickle.getInt()), opcode);
          case SHORT_BINUNICODE -> push(utf8(pickle.get() & 0xFF), opcode);
          case STOP -> {
            if (text == null || pickle.hasRemaining()) {
              throw unexpected(opcode);
            }
            return text;
          }
          default -> throw unexpected(opcode);
        }
      }
    } catch (BufferUnderflowException e) {
      throw new Unreadable("the pickle is cut off after " + pickle.limit() + " bytes");
    } catch (CharacterCodingException e) {
      throw new Unreadable("the pickled string is no UTF-8");
    }
  }

  private void push(String string, int opcode) throws Unreadable {
    if (text != null) {
      throw unexpected(opcode);
    }
    text = string;
  }

  private Unreadable unexpected(int opcode) {
    return new Unreadable(
        String.format(
            "the pickle is not of one string (opcode 0x%02x at byte %d), and nothing else is"
                + " unpickled",
            opcode, pickle.position() - 1));
  }

  private String utf8(int length) throws CharacterCodingException {
    if (length < 0 || length > pickle.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer bytes = pickle.slice(pickle.position(), length);
    pickle.position(pickle.position() + length);
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
  }

  private String line() {
    int from = pickle.position();
    while (pickle.get() != '\n') {
      // on to the end of the line
    }
    byte[] line = new byte[pickle.position() - 1 - from];
    pickle.get(from, line);
    return new String(line, StandardCharsets.ISO_8859_1);
  }

  /** Python's raw-unicode-escape: Latin-1, and anything above it by its number. */
  private static String escaped(String line) throws Unreadable {
    StringBuilder text = new StringBuilder(line.length());
    for (int at = 0; at < line.length(); at++) {
      char c = line.charAt(at);
      char kind = c == '\\' && at + 1 < line.length() ? line.charAt(at + 1) : 0;
      int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      if (digits == 0) {
        text.append(c);
        continue;
      }
      try {
        int end = at + 2 + digits;
        text.appendCodePoint(Integer.parseInt(line, at + 2, end, 16));
        at = end - 1;
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new Unreadable("the pickled string has a broken escape at character " + at);
      }
    }
    return text.toString();
  }
}
