package io.cortado.cuda.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What takes no time of the mutation test, so that it is not forgotten when the code changes. */
final class FaultsTest {

  @Test
  void eachFaultCanStillBePlanted() {
    assertThat(Faults.ALL).hasSizeGreaterThanOrEqualTo(30);
    assertThat(Faults.ALL).extracting(Mutant::name).doesNotHaveDuplicates();
    // All that have to be adapted are told at once.
    SoftAssertions.assertSoftly(softly ->
        Faults.ALL.forEach(mutant ->
            softly.assertThatCode(mutant::planted).as(mutant.name()).doesNotThrowAnyException()));
  }
}
