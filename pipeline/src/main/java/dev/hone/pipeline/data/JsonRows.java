package dev.hone.pipeline.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.hone.policy.InvalidInput;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Reads rows from JSON lines or from a JSON array, plain or gzipped. */
final class JsonRows {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> COLUMNS = new TypeReference<>() {};

  private final ObjectReader objects;
  private final RowVisitor visitor;

  private JsonRows(ObjectMapper json, RowVisitor visitor) {
    this.objects = json.readerFor(COLUMNS);
    this.visitor = visitor;
  }

  /** Rows of all files, numbered through; lines that are no JSON object go to {@code bad}. */
  static List<Row> read(List<Path> files, BadRows bad) {
    List<Row> rows = new ArrayList<>();
    visit(
        files,
        JSON,
        new RowVisitor() {
          @Override
          public void row(String place, Map<String, Object> columns) {
            rows.add(new Row(rows.size() + bad.count(), place, columns));
          }

          @Override
          public void bad(String place, String reason, String raw) {
            bad.add(rows.size() + bad.count(), place, reason, raw);
          }
        });
    return rows;
  }

  /**
   * Shows the rows of all files, in order, one at a time.
   *
   * @param json how values are read
   */
  static void visit(List<Path> files, ObjectMapper json, RowVisitor visitor) {
    JsonRows rows = new JsonRows(json, visitor);
    for (Path file : files) {
      try (InputStream bytes = open(file)) {
        bytes.mark(64);
        boolean array = firstCharacter(bytes) == '[';
        bytes.reset();
        if (array) {
          rows.array(file, bytes);
        } else {
          rows.lines(file, bytes);
        }
      } catch (IOException e) {
        throw new InvalidInput(file + " cannot be read: " + oneLine(e), e);
      }
    }
  }

  private static InputStream open(Path file) throws IOException {
    BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(file));
    raw.mark(2);
    boolean gzipped = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    return gzipped ? new BufferedInputStream(new GZIPInputStream(raw)) : raw;
  }

  private static int firstCharacter(InputStream bytes) throws IOException {
    for (int i = 0; i < 64; i++) {
      int c = bytes.read();
      boolean byteOrderMark = c == 0xEF || c == 0xBB || c == 0xBF;
      if (!byteOrderMark && !Character.isWhitespace(c)) {
        return c;
      }
    }
    return -1;
  }

  private void lines(Path file, InputStream bytes) throws IOException {
    // Lines are split before they are decoded, so that one broken character spoils one row only.
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1));
    int line = 0;
    for (String raw = reader.readLine(); raw != null; raw = reader.readLine()) {
      line++;
      if (raw.isBlank()) {
        continue;
      }
      String place = file.getFileName() + ":" + line;
      byte[] encoded = raw.getBytes(StandardCharsets.ISO_8859_1);
      Map<String, Object> columns;
      try {
        String text =
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(encoded)).toString();
        columns = objects.readValue(text.startsWith("\uFEFF") ? text.substring(1) : text);
      } catch (CharacterCodingException e) {
        visitor.bad(place, "not UTF-8", raw);
        continue;
      } catch (JsonProcessingException e) {
        visitor.bad(place, "not a JSON object", new String(encoded, StandardCharsets.UTF_8));
        continue;
      }
      if (columns == null) {
        visitor.bad(place, "not a JSON object", raw);
      } else {
        visitor.row(place, columns);
      }
    }
  }

  private void array(Path file, InputStream bytes) throws IOException {
    try (JsonParser parser = objects.createParser(bytes)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String place = file.getFileName() + ":" + parser.currentLocation().getLineNr();
        Object element = parser.readValueAs(Object.class);
        if (element instanceof Map<?, ?> object) {
          @SuppressWarnings("unchecked")
          Map<String, Object> columns = (Map<String, Object>) object;
          visitor.row(place, columns);
        } else {
          visitor.bad(place, "not a JSON object", String.valueOf(element));
        }
      }
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          file
              + ":"
              + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
              + ": broken JSON: "
              + e.getOriginalMessage()
              + "; mend the file, or write one JSON object a line",
          e);
    }
  }

  private static String oneLine(IOException e) {
    return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
  }
}
