package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.sandbox.Language;
import org.junit.jupiter.api.Test;

class CodeExtractionTest {

  private static String python(String response) {
    return CodeExtraction.program(response, Language.PYTHON).orElse(null);
  }

  @Test
  void theLastBlockOfTheLanguageIsTheProgram() {
    assertThat(
            python(
                "First:\n```python\na = 1\n```\nBetter:\n```Python3\nb = 2\n```\n```text\n2\n```\n"))
        .isEqualTo("b = 2\n");
    assertThat(CodeExtraction.program("```cpp\nint x;\n```\n```c\nint y;\n```", Language.CPP))
        .contains("int x;\n");
  }

  @Test
  void aBlockWithoutALanguageWillDo() {
    assertThat(python("```\na = 1\n```")).isEqualTo("a = 1\n");
    assertThat(python("```js\na = 1\n```")).isNull();
  }

  @Test
  void withoutBlocksTheTextIsTheProgram() {
    assertThat(python("    return 1\n")).isEqualTo("    return 1\n");
    assertThat(python("  \n")).isNull();
  }

  @Test
  void anUnfinishedBlockCounts() {
    assertThat(python("```python\na = 1\nb = 2")).isEqualTo("a = 1\nb = 2\n");
  }

  @Test
  void thoughtsAreNotAnswers() {
    assertThat(python("<think>```python\nbad\n```</think>\n```python\ngood\n```"))
        .isEqualTo("good\n");
    assertThat(python("<think>```python\nbad\n```")).isNull();
  }

  @Test
  void aCompletionContinuesItsPrompt() {
    String prompt = "import math\n\ndef f(x):\n    \"\"\"Doc.\"\"\"\n";
    assertThat(CodeExtraction.continued(prompt, "f", "    return x\n"))
        .isEqualTo(prompt + "    return x\n");
    assertThat(CodeExtraction.continued(prompt, "f", "def f(x):\n    return x\n"))
        .isEqualTo(prompt + "\n\ndef f(x):\n    return x\n");
  }
}
