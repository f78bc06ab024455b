package io.cortado.cuda.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Tests of the tests: each planted fault turns its tests red, for the reason it should; without any
 * fault they are green.
 */
@Tag("mutants")
final class MutationTest {

  private static final int SHOWN = 4000;

  private static String end(String output) {
    return output.substring(Math.max(0, output.length() - SHOWN));
  }

  @TestFactory
  Stream<DynamicTest> withoutAFaultTheTestsAreGreen() {
    return Faults.ALL.stream()
        .map(Mutant::tests)
        .distinct()
        .map(tests ->
            DynamicTest.dynamicTest(
                tests,
                () -> {
                  MutantRunner.Outcome outcome = MutantRunner.control(tests);
                  assertThat(outcome.code()).as(end(outcome.output())).isEqualTo(TestRun.GREEN);
                }));
  }

  @TestFactory
  Stream<DynamicTest> eachFaultIsFound() {
    return Faults.ALL.stream()
        .map(mutant ->
            DynamicTest.dynamicTest(
                mutant.toString(),
                () -> {
                  MutantRunner.Outcome outcome = MutantRunner.run(mutant);
                  assertThat(outcome.code())
                      .as(
                          "%s ends red, neither green nor by a crash or a hang: %s",
                          mutant.tests(), end(outcome.output()))
                      .isEqualTo(TestRun.RED);
                  assertThat(Pattern.compile(mutant.finding()).matcher(outcome.output()).find())
                      .as("the tests say why, '%s': %s", mutant.finding(), end(outcome.output()))
                      .isTrue();
                }));
  }
}
