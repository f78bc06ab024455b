package io.cortado.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.CpuBackend;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The conformance kit on vectors of the width that the system property asks for; the module's POM
 * runs it once for each width.
 */
@Tag("width")
@ExtendWith(WidthConformanceTest.OnProcessorsThatHaveIt.class)
final class WidthConformanceTest extends BackendConformance {

  private static final int BITS = Integer.getInteger(Simd.PROPERTY, 0);

  /** Says aloud when the processor's vectors are too narrow. */
  static final class OnProcessorsThatHaveIt implements ExecutionCondition {
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

  @Override
  protected Backend open() {
    Backend backend = CpuBackend.open(BackendOptions.DEFAULTS.withThreads(2), Simd.Choice.AUTO);
    assertThat(backend.description()).contains(BITS + "-bit");
    return backend;
  }
}
