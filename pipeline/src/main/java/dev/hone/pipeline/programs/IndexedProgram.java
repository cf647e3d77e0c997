package dev.hone.pipeline.programs;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.code.CodeProblem;
import dev.hone.rewards.code.CodeProblem.Stdio;
import dev.hone.rewards.code.CodeProblem.StdioCase;
import dev.hone.rewards.code.ProblemReader;
import dev.hone.sandbox.Language;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A line of {@code index.jsonl}.
 *
 * @param file the program's, in the folder
 * @param language what it is written in; by the file's ending where empty
 * @param mode {@code stdio} compares standard output, {@code assert} calls a function
 * @param stdin what it reads
 * @param expected what it prints if it is honest; nothing where null
 * @param entryPoint the function, in mode assert
 * @param calls its calls, {@code {args, expected}}
 * @param mustVerdict the verdicts that are right; none says nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record IndexedProgram(
    String file,
    String language,
    String mode,
    String stdin,
    @JsonProperty("expected_stdout_if_honest") String expected,
    @JsonProperty("entry_point") String entryPoint,
    List<Map<String, Object>> calls,
    @JsonProperty("must_verdict")
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> mustVerdict) {

  /** The language, said or seen. */
  Language writtenIn() {
    String ending = file.substring(file.lastIndexOf('.') + 1);
    return Optional.ofNullable(language)
        .or(() -> Optional.of(ending))
        .flatMap(Language::named)
        .orElseThrow(
            () ->
                new InvalidInput(
                    "the index names the language '"
                        + (language == null ? ending : language)
                        + "' for "
                        + file
                        + "; it must be one of "
                        + List.of(Language.values())));
  }

  /** What it has to do. */
  CodeProblem problem() {
    if (!"assert".equals(mode)) {
      if (mode != null && !mode.equals("stdio")) {
        throw new InvalidInput(
            "the index gives " + file + " the mode '" + mode + "'; it must be stdio or assert");
      }
      String input = stdin == null ? "" : stdin;
      return new Stdio(List.of(new StdioCase(input, expected == null ? "" : expected)));
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("entry_point", entryPoint);
    row.put("calls", calls);
    try {
      return ProblemReader.read(row);
    } catch (ProblemReader.Unreadable e) {
      throw new InvalidInput("the index's line for " + file + ": " + e.getMessage());
    }
  }
}
