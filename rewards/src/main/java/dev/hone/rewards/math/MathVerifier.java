package dev.hone.rewards.math;

import dev.hone.rewards.Judgement;
import dev.hone.rewards.Verifier;

/**
 * Decides whether a written answer equals a reference, as mathematics: {@code 1/2} is {@code 0.5},
 * {@code x > 3} is {@code (3, ∞)}, {@code 2√2} is {@code √8}.
 *
 * <p>The last answer that the response marks is taken, read into an expression (LaTeX, plain text,
 * Unicode), and compared: exactly where exact arithmetic decides, else by numbers of many digits.
 * All work is counted and bounded, no text is run as code, and nothing depends on time or threads,
 * so that a text always gets the same judgement.
 */
public final class MathVerifier implements Verifier {

  private static final int SHOWN = 80;

  private final Mode mode;

  public MathVerifier(Mode mode) {
    this.mode = mode;
  }

  @Override
  public Judgement verify(String response, String reference) {
    String expected = Extraction.reference(reference);
    if (expected.isBlank()) {
      return Judgement.notApplicable("the reference is empty");
    }
    Budget budget = new Budget();
    Extraction.Found found = new Extraction(mode, (a, b) -> same(a, b, budget)).find(response);
    if (found.contradictory()) {
      return Judgement.incorrect(shortened(found.answer()), found.reason());
    }
    if (found.answer() == null || found.answer().isBlank()) {
      return Judgement.noAnswer(found.reason());
    }
    String answer = found.answer();
    Match match;
    try {
      match = compare(answer, expected, new Comparison(mode, budget));
    } catch (Unreadable | Budget.Exceeded e) {
      match = Match.no(e.getMessage());
    }
    String reason =
        shortened(answer)
            + (match.equal() ? " = " : " ≠ ")
            + shortened(expected)
            + ": "
            + match.how();
    return match.equal()
        ? Judgement.correct(shortened(answer), reason)
        : Judgement.incorrect(shortened(answer), reason);
  }

  /** Whether two answers of one response say the same. */
  private boolean same(String one, String other, Budget budget) {
    try {
      return compare(one, other, new Comparison(mode, budget.part())).equal();
    } catch (Unreadable | Budget.Exceeded e) {
      return false;
    }
  }

  private static Match compare(String answer, String reference, Comparison comparison) {
    Words.Choice expected = Words.choice(reference);
    if (Words.isChoice(expected, reference)) {
      Match choice = choices(answer, expected, comparison);
      if (choice != null) {
        return choice;
      }
    }
    ClockTime time = ClockTime.of(reference);
    if (time != null && time.sameAs(ClockTime.of(answer))) {
      return Match.yes("the same time");
    }
    Congruence residues = Congruence.of(reference);
    Congruence given = Congruence.of(answer);
    if (residues != null && given != null) {
      return residues.sameAs(given)
          ? Match.yes("the same residues")
          : Match.no("not the same residues");
    }
    Match match = expressions(answer, reference, true, comparison);
    if (!match.equal() && (answer.indexOf(',') >= 0 || reference.indexOf(',') >= 0)) {
      // "100,200" is a number or a list; both sides are read the same way.
      Match asLists = expressions(answer, reference, false, comparison);
      match = asLists.equal() ? asLists : match;
    }
    if (match.equal()) {
      return match;
    }
    // "(B) 12" for 12: the letter only says where the answer stood.
    Words.Choice marked = Words.choice(answer);
    if (marked != null && marked.marked() && !marked.content().isEmpty() && expected == null) {
      Match content = expressions(marked.content(), reference, true, comparison);
      return content.equal() ? content : match;
    }
    return match;
  }

  private static Match choices(String answer, Words.Choice expected, Comparison comparison) {
    Words.Choice given = Words.choice(answer);
    if (given == null) {
      return expected.content().isEmpty()
          ? null
          : expressions(answer, expected.content(), true, comparison);
    }
    if (given.letter() != expected.letter()) {
      return Match.no("another choice");
    }
    if (given.isOpen() && !expected.isOpen()) {
      return Match.no("more than one choice");
    }
    boolean contradicts =
        !given.content().isEmpty()
            && !expected.content().isEmpty()
            && !expressions(given.content(), expected.content(), true, comparison).equal();
    return contradicts ? Match.no("the choice with another text") : Match.yes("the same choice");
  }

  private static Match expressions(
      String answer, String reference, boolean commas, Comparison comparison) {
    Expr expected;
    try {
      expected = Parser.parse(reference, commas);
    } catch (Unreadable e) {
      return texts(
          answer, reference, "the reference is not read as mathematics, " + e.getMessage());
    }
    Expr given;
    try {
      given = Parser.parse(answer, commas);
    } catch (Unreadable e) {
      // "12..." and "5'" are not 12 and 5, though they look so without their punctuation.
      return expected instanceof Expr.Words
          ? texts(answer, reference, e.getMessage())
          : Match.no(e.getMessage());
    }
    Match match = comparison.compare(given, expected);
    return !match.equal() && (expected instanceof Expr.Words || given instanceof Expr.Words)
        ? texts(answer, reference, match.how())
        : match;
  }

  private static Match texts(String answer, String reference, String otherwise) {
    String given = Words.normal(answer);
    boolean same =
        !given.isEmpty() && given.equals(Words.normal(reference))
            || Words.notation(answer).equals(Words.notation(reference));
    return same ? Match.yes("equal as text") : Match.no(otherwise);
  }

  private static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
  }
}
