package io.cortado.cuda.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What takes no time of the mutation test, so that it is not forgotten when the code changes. */
final class FaultsTest {

  @Test
  void eachFaultCanStillBePlanted() throws IOException {
    assertThat(Faults.ALL).hasSizeGreaterThanOrEqualTo(30);
    assertThat(Faults.ALL).extracting(Mutant::name).doesNotHaveDuplicates();
    for (Mutant mutant : Faults.ALL) {
      assertThat(mutant.planted()).isNotBlank();
    }
  }
}
