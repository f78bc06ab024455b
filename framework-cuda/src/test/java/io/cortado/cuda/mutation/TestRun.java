package io.cortado.cuda.mutation;

import io.cortado.cuda.emulated.Emulator;
import java.io.PrintStream;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests of one class in this JVM, and exits with 0 if all is green, with 1 if something is
 * red, with 2 if there was nothing to run.
 */
final class TestRun {

  static final int GREEN = 0;
  static final int RED = 1;
  static final int NOTHING = 2;

  private TestRun() {}

  /** Counts, and reports the first failures. */
  private static final class Listener implements TestExecutionListener {
    private static final int SHOWN = 5;

    private final PrintStream out;
    private int tests;
    private int failures;

    Listener(PrintStream out) {
      this.out = out;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        tests++;
      }
      result
          .getThrowable()
          .ifPresent(failure -> {
            failures++;
            if (failures <= SHOWN) {
              out.println("RED " + test.getDisplayName() + ": " + failure);
              for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
                out.println("  because of " + cause);
              }
              Emulator.errors().stream().distinct().limit(SHOWN).forEach(out::println);
            }
          });
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
      out.println(tests + " tests, " + failures + " failures");
    }
  }

  private static DiscoverySelector selector(String tests) {
    String[] names = tests.split("/", 2);
    String outer = "io.cortado.cuda." + names[0];
    return names.length == 1
        ? DiscoverySelectors.selectClass(outer)
        : DiscoverySelectors.selectNestedClass(
            List.of(outer), "io.cortado.tck.BackendConformance$" + names[1]);
  }

  /** Takes the name of a class, as in {@link Mutant#tests}. */
  public static void main(String[] args) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selector(args[0])).build();
    Listener listener = new Listener(System.out);
    LauncherFactory.create().execute(request, listener);
    System.out.flush();
    int code = listener.failures > 0 ? RED : listener.tests == 0 ? NOTHING : GREEN;
    // Work that hangs in a library must not keep the JVM.
    Runtime.getRuntime().halt(code);
  }
}
