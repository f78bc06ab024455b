package io.cortado.cpu.simd;

import io.cortado.backend.BackendException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs tests of a width of vectors where the processor has it, and elsewhere says aloud that it
 * does not.
 */
final class OnProcessorsThatHaveIt implements ExecutionCondition {

  /** The width that the system property asks for, 0 without. */
  static final int BITS = Integer.getInteger(Simd.PROPERTY, 0);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    try {
      Lanes.check(BITS);
      return ConditionEvaluationResult.enabled(BITS + " bits");
    } catch (BackendException e) {
      String reason = "NOT TESTED: vectors of %d bits: %s".formatted(BITS, e.getMessage());
      if (context.getTestMethod().isEmpty()) {
        IO.println(reason);
      }
      return ConditionEvaluationResult.disabled(reason);
    }
  }
}
