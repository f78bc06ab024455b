package io.cortado.models.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class TrainingDataTest {

  @Test
  void someSamplesOfASortedSetAreOfAllClasses() {
    int[] labels = new int[1000];
    Arrays.setAll(labels, i -> i / 100);
    Dataset sorted = ArrayDataset.of(new float[1000], labels, 10, 1);

    int[] seen = TrainingData.some(sorted, 50).labels();

    for (int label = 0; label < 10; label++) {
      int wanted = label;
      assertThat(Arrays.stream(seen).filter(l -> l == wanted)).as("class %d", label).hasSize(5);
    }
  }

  @Test
  void thereAreNoMoreThanAll() {
    Dataset few = ArrayDataset.of(new float[3], new int[] {0, 1, 1}, 2, 1);

    assertThat(TrainingData.some(few, 50).labels()).containsExactly(0, 1, 1);
  }
}
