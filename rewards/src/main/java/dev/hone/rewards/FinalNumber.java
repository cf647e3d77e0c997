package dev.hone.rewards;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * 1 where the answer's final number equals the reference, compared exactly as decimals ({@code
 * 1,200} is {@code 1200.0}; {@code $} and {@code %} are set aside).
 *
 * <p>Where the number stands is tried in the order of {@code extract}: {@code hash}, the number
 * after the last {@code ####} (or another {@code marker}); {@code boxed}, the last {@code
 * \boxed{}}; {@code last}, the last number of the text. Only what follows {@code </think>} counts,
 * where that occurs. The reference may itself be a worked answer with {@code ####} or a box.
 */
final class FinalNumber implements Verifier {

  static final String GSM8K_MARKER = "####";

  private static final List<String> PLACES = List.of("hash", "boxed", "last");

  private record Answer(Optional<BigDecimal> value, String shown) {}

  private final List<String> places;
  private final String marker;

  private FinalNumber(List<String> places, String marker) {
    this.places = places;
    this.marker = marker;
  }

  static FinalNumber from(RewardOptions options) {
    List<String> places = options.choices("extract", PLACES, PLACES);
    String marker = options.text("marker", GSM8K_MARKER);
    if (marker.isBlank()) {
      throw options.wrong("marker", "''", "a text that stands before the answer, such as ####");
    }
    return new FinalNumber(places, marker);
  }

  @Override
  public Judgement verify(String response, String reference) {
    Optional<BigDecimal> expected = expected(reference);
    if (expected.isEmpty()) {
      return Judgement.notApplicable("the reference is not a number: " + shortened(reference));
    }
    String answer = response;
    int thought = response.lastIndexOf("</think>");
    if (thought >= 0) {
      answer = response.substring(thought + "</think>".length());
    } else if (response.contains("<think>")) {
      return Judgement.noAnswer("the thought never ended");
    }
    for (String place : places) {
      Optional<Answer> found = find(place, answer, marker);
      if (found.isEmpty()) {
        continue;
      }
      String shown = shortened(found.get().shown());
      if (found.get().value().isEmpty()) {
        return Judgement.noAnswer("not a number: " + shown);
      }
      return found.get().value().get().compareTo(expected.get()) == 0
          ? Judgement.correct(shown, "equals the reference")
          : Judgement.incorrect(shown, "the reference is " + shortened(expected.get().toString()));
    }
    return Judgement.noAnswer("no final number (looked for: " + String.join(", ", places) + ")");
  }

  private Optional<BigDecimal> expected(String reference) {
    for (String mark : List.of(GSM8K_MARKER, marker)) {
      Optional<Answer> marked = find("hash", reference, mark);
      if (marked.isPresent()) {
        return marked.get().value();
      }
    }
    return find("boxed", reference, marker)
        .map(Answer::value)
        .orElseGet(() -> PlainNumber.parseWhole(reference));
  }

  /** Empty where the place does not occur; an answer without a value where it holds no number. */
  private static Optional<Answer> find(String place, String text, String marker) {
    switch (place) {
      case "hash" -> {
        int at = text.lastIndexOf(marker);
        if (at < 0) {
          return Optional.empty();
        }
        int start = at + marker.length();
        int end = text.indexOf('\n', start);
        return Optional.of(answer(end < 0 ? text.substring(start) : text.substring(start, end)));
      }
      case "boxed" -> {
        return lastBox(text).map(FinalNumber::answer);
      }
      default -> {
        return PlainNumber.last(text)
            .map(
                found ->
                    new Answer(
                        Optional.of(found.value()), text.substring(found.start(), found.end())));
      }
    }
  }

  private static Answer answer(String written) {
    String text =
        shortened(written, 8 * PlainNumber.MAX_DIGITS)
            .replace("{,}", ",")
            .replace("\\,", "")
            .replace("\\!", "");
    return PlainNumber.leading(text)
        .map(
            found ->
                new Answer(Optional.of(found.value()), text.substring(found.start(), found.end())))
        .orElse(new Answer(Optional.empty(), text));
  }

  private static Optional<String> lastBox(String text) {
    int box = text.lastIndexOf("\\boxed{");
    if (box < 0) {
      return Optional.empty();
    }
    int start = box + "\\boxed{".length();
    int depth = 1;
    for (int at = start; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return Optional.of(text.substring(start, at));
      }
    }
    return Optional.of("");
  }

  private static String shortened(String text) {
    return shortened(text.strip(), 64);
  }

  private static String shortened(String text, int limit) {
    return text.length() <= limit ? text : text.substring(0, limit) + "...";
  }
}
