package io.cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cortado.Shape;
import io.cortado.data.Dataset.Split;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DatasetTest {

  /** Sample i has the inputs {@code {10 i, 10 i + 1}} and the label {@code i % 3}. */
  private static Dataset numbered(int n) {
    float[] x = new float[2 * n];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = 10 * i;
      x[2 * i + 1] = 10 * i + 1;
      y[i] = i % 3;
    }
    return ArrayDataset.of(x, y, 3, 2);
  }

  private static List<Integer> samples(Dataset d) {
    Row row = Row.of(d);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < d.size(); i++) {
      d.read(i, row.at(0, 0, i));
      assertThat(row.floats(0)[1]).isEqualTo(row.floats(0)[0] + 1);
      all.add((int) row.floats(0)[0] / 10);
    }
    return all;
  }

  @Test
  void partsOfASetReadTheRightSamples() {
    Dataset d = numbered(6);
    assertThat(samples(d.subset(4, 0, 4))).containsExactly(4, 0, 4);
    assertThat(samples(d.take(2).concat(d.skip(4)))).containsExactly(0, 1, 4, 5);
    assertThat(d.take(2).concat(d.skip(4)).labels()).containsExactly(0, 1, 1, 2);
    assertThat(d.take(100).size()).isEqualTo(6);
  }

  @Test
  void splitIsAPartitionThatTheSeedDecides() {
    Dataset d = numbered(100);
    Split split = d.split(0.8, 7);
    List<Integer> train = samples(split.train());
    List<Integer> validation = samples(split.validation());
    assertThat(train).hasSize(80).isSorted();
    assertThat(validation).hasSize(20).isSorted().doesNotContainAnyElementsOf(train);
    assertThat(samples(d.split(0.8, 7).train())).isEqualTo(train);
    assertThat(samples(d.split(0.8, 8).train())).isNotEqualTo(train);
  }

  @Test
  void stratifiedSplitKeepsTheShareOfEachClass() {
    int[] labels = new int[110];
    for (int i = 0; i < 10; i++) {
      labels[11 * i] = 1; // ten of a hundred and ten
    }
    Dataset d = ArrayDataset.of(new float[110], labels, 2, 1);
    Split split = d.stratifiedSplit(0.9, 3);
    assertThat(split.train().size()).isEqualTo(99);
    assertThat(split.train().labels()).satisfies(l -> assertThat(count(l, 1)).isEqualTo(9));
    assertThat(split.validation().labels()).satisfies(l -> assertThat(count(l, 1)).isEqualTo(1));
  }

  private static int count(int[] labels, int label) {
    int n = 0;
    for (int l : labels) {
      n += l == label ? 1 : 0;
    }
    return n;
  }

  @Test
  void mappedFieldsGoThroughTheirTransformsInTurn() {
    Dataset d = ArrayDataset.of(new float[] {1, 2, 3, 4}, new int[] {5}, 6, 1, 2, 2);
    Dataset m = d.map(Transforms.scale(2, 0), Transforms.pad(1, -1), Transforms.scale(1, 1));
    assertThat(m.inputShape()).isEqualTo(Shape.of(new int[] {1, 4, 4}));
    Row row = Row.of(m);
    m.read(0, row);
    assertThat(row.floats(0)).containsExactly(0, 0, 0, 0, 0, 3, 5, 0, 0, 7, 9, 0, 0, 0, 0, 0);
    assertThat(row.ints(1)).containsExactly(5);
    assertThat(m.labels()).containsExactly(5);
  }

  @Test
  void inputsCanBeTheTarget() {
    Dataset d = numbered(3).inputsAsLabels().map("inputs", Transforms.scale(0, 7));
    Row row = Row.of(d);
    d.read(2, row);
    assertThat(row.floats(0)).containsExactly(7, 7);
    assertThat(row.floats(1)).containsExactly(20, 21);
  }

  @Test
  void severalFieldsOfAnyName() {
    Dataset d =
        ArrayDataset.builder()
            .classes("user", new int[] {3, 1}, 4)
            .ints("tokens", new int[] {1, 2, 3, 4, 5, 6}, 3)
            .floats("labels", new float[] {0.5f, 4})
            .build();
    Row row = Row.of(d);
    d.read(1, row);
    assertThat(row.ints(0)).containsExactly(1);
    assertThat(row.ints(1)).containsExactly(4, 5, 6);
    assertThat(row.floats(2)).containsExactly(4);
    assertThatIllegalArgumentException().isThrownBy(d::labels).withMessageContaining("FLOAT32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.field("users"))
        .withMessage("there is no field 'users'; there are: user, tokens, labels");
  }

  @Test
  void bytesBecomeWhatTorchMakesOfThem() {
    byte[] pixels = {0, 51, (byte) 255, (byte) 128, 7, 200 - 256, 1, 2};
    Scaling scaling = Scaling.normalize(new float[] {0.5f, 0.25f}, new float[] {0.5f, 2});
    Dataset d =
        ArrayDataset.builder()
            .images(pixels, 2, 1, 2, scaling)
            .classes("labels", new int[2], 1)
            .build();
    Row row = Row.of(d);
    d.read(0, row);
    assertThat(row.floats(0))
        .containsExactly(-1, (51 / 255f - 0.5f) / 0.5f, 0.375f, (128 / 255f - 0.25f) / 2);
    d.read(1, row);
    assertThat(row.floats(0)[1]).isEqualTo((200 / 255f - 0.5f) / 0.5f);
    for (int b = 0; b < 256; b++) {
      assertThat(scaling.invert(1, scaling.apply(1, b))).isEqualTo(b);
    }
  }

  @Test
  void badArgumentsAreNamed() {
    Dataset d = numbered(6);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.subset(6))
        .withMessage("subset: there is no sample 6; the set has 6");
    assertThatIllegalArgumentException().isThrownBy(() -> d.take(-1)).withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.split(1, 0))
        .withMessageContaining("1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.split(0.01, 0))
        .withMessageContaining("empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.map(Transforms.pad(1, 0)))
        .withMessage("pad: images are [channels, height, width], but the field is [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.map("labels", Transforms.scale(1, 0)))
        .withMessageContaining("INT32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.concat(d.map(Transforms.scale(1, 0)).inputsAsLabels()))
        .withMessageContaining("different fields");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArrayDataset.of(new float[5], new int[2], 3, 2))
        .withMessage("field inputs: 5 values are no whole number of samples of shape [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArrayDataset.of(new float[4], new int[3], 3, 2))
        .withMessage("field labels has 3 samples, but inputs has 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.normalize(0, 0))
        .withMessageContaining("std above 0");
  }
}
