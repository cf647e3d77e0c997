package dev.hone.policy.nativecpu;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests of the native kernels, which are skipped where the kernels cannot be built or loaded. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsKernels.Condition.class)
@interface NeedsKernels {

  /** Whether the kernels are there, and if not, why. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> obstacle = new NativeCpuBackend().unavailable();
      return obstacle
          .map(why -> ConditionEvaluationResult.disabled("skipped: no native kernels, " + why))
          .orElseGet(() -> ConditionEvaluationResult.enabled("the native kernels are there"));
    }
  }
}
