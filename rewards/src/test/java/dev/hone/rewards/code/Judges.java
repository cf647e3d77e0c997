package dev.hone.rewards.code;

import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxSettings;
import dev.hone.sandbox.SandboxUnavailable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Verifiers for tests, on machines that can isolate; elsewhere a test skips and says why. */
final class Judges {

  private Judges() {}

  static Sandbox sandbox() {
    Sandbox sandbox = Sandbox.shared(SandboxSettings.standard().withSlots(2));
    try {
      sandbox.isolation();
    } catch (SandboxUnavailable e) {
      System.out.println("skipped: " + e.getMessage());
      Assumptions.abort(e.getMessage());
    }
    return sandbox;
  }

  static CodeVerifier verifier() {
    return new CodeVerifier(sandbox(), Limits.standard(), 1e-6, /* stopEarly= */ true);
  }

  static Map<String, Object> row(Object... keysAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      row.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return row;
  }
}
