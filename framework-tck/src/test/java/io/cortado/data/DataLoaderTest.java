package io.cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import io.cortado.internal.IntRange;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loader, on the reference backend: core's own tests have none. */
@Timeout(60)
final class DataLoaderTest {

  private static final int SIZE = 103;

  private Device device;

  @BeforeEach
  void open() {
    device = Device.of(new ReferenceBackend());
  }

  @AfterEach
  void everythingIsFreed() {
    try {
      assertThat(device.backend().memory().inUseBytes()).as("bytes in use").isZero();
    } finally {
      device.close();
    }
  }

  /** Sample i has the inputs (i, a random number) and the label i; some are slow to read. */
  private static class Numbered implements Dataset {
    final Set<Thread> readers = ConcurrentHashMap.newKeySet();

    @Override
    public int size() {
      return SIZE;
    }

    @Override
    public List<Field> fields() {
      return List.of(Field.floats("inputs", 2), Field.categories("labels", SIZE));
    }

    @Override
    public void read(int index, Row row) {
      readers.add(Thread.currentThread());
      if (index % 17 == 0) {
        LockSupport.parkNanos(300_000);
      }
      row.floats(0)[row.offset(0)] = index;
      row.floats(0)[row.offset(0) + 1] = row.random().nextFloat();
      row.ints(1)[row.offset(1)] = index;
    }
  }

  private record Contents(float[] inputs, int[] labels) {}

  private List<Contents> contents(DataLoader loader, int epoch, int from) {
    List<Contents> all = new ArrayList<>();
    try (Epoch batches = loader.epoch(device, epoch, from)) {
      for (Batch b : batches) {
        assertThat(b.index()).isEqualTo(from + all.size());
        assertThat(b.inputs().shape().toArray()).containsExactly(b.size(), 2);
        assertThat(b.labels().shape().toArray()).containsExactly(b.size());
        int[] labels = b.labels().toIntArray();
        assertThat(b.labels().knownRange()).isEqualTo(IntRange.of(labels, labels.length));
        all.add(new Contents(b.inputs().toFloatArray(), labels));
      }
    }
    return all;
  }

  private static void assertSame(List<Contents> a, List<Contents> b) {
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.get(i).inputs).isEqualTo(b.get(i).inputs);
      assertThat(a.get(i).labels).isEqualTo(b.get(i).labels);
    }
  }

  @Test
  void orderAndContentsDependOnSeedAndEpochAlone() {
    DataLoader loader = DataLoader.of(new Numbered()).batchSize(10).shuffle(42);
    List<Contents> expected = contents(loader.prefetch(0), 3, 0);
    assertThat(expected).hasSize(11);
    for (int prefetch : new int[] {1, 2, 5, 64}) {
      assertSame(contents(loader.prefetch(prefetch), 3, 0), expected);
    }
    int[] order = expected.stream().flatMapToInt(c -> Arrays.stream(c.labels)).toArray();
    assertThat(order).hasSize(SIZE).doesNotHaveDuplicates();
    int[] start = Arrays.copyOf(order, 10);
    assertThat(contents(loader, 4, 0).get(0).labels).isNotEqualTo(start);
    assertThat(contents(loader.shuffle(43), 3, 0).get(0).labels).isNotEqualTo(start);
  }

  @Test
  void augmentationDiffersByEpochAndSampleButNotByOrder() {
    DataLoader plain = DataLoader.of(new Numbered()).batchSize(SIZE).seed(42);
    float[] first = contents(plain, 0, 0).get(0).inputs;
    float[] second = contents(plain, 1, 0).get(0).inputs;
    Set<Float> drawn = new HashSet<>();
    for (int i = 0; i < SIZE; i++) {
      drawn.add(first[2 * i + 1]);
      drawn.add(second[2 * i + 1]);
    }
    assertThat(drawn).hasSize(2 * SIZE);
    Contents shuffled = contents(plain.shuffle(42), 0, 0).get(0);
    for (int i = 0; i < SIZE; i++) {
      int sample = shuffled.labels[i];
      assertThat(shuffled.inputs[2 * i + 1]).isEqualTo(first[2 * sample + 1]);
    }
  }

  @Test
  void anEpochCanBeTakenUpInTheMiddle() {
    DataLoader loader = DataLoader.of(new Numbered()).batchSize(10).shuffle(1);
    List<Contents> all = contents(loader, 0, 0);
    assertSame(contents(loader, 0, 4), all.subList(4, 11));
    assertThat(contents(loader, 0, 11)).isEmpty();
  }

  @Test
  void theLastBatchIsSmallerOrLeftOut() {
    DataLoader loader = DataLoader.of(new Numbered()).batchSize(10);
    assertThat(contents(loader, 0, 0).get(10).labels).containsExactly(100, 101, 102);
    DataLoader dropping = loader.dropLast(true);
    assertThat(contents(dropping, 0, 0)).hasSize(10).hasSize(dropping.batches());
    assertThat(dropping.samples()).isEqualTo(100);
    assertThat(loader.batches()).isEqualTo(11);
    assertThat(loader.batchSize(200).batches()).isEqualTo(1);
  }

  @Test
  void aBatchLivesUntilTheOneAfterTheNextIsAskedFor() {
    try (Epoch batches = DataLoader.of(new Numbered()).batchSize(10).epoch(device, 0)) {
      Tensor first = batches.next().labels();
      Tensor second = batches.next().labels();
      assertThat(first.toIntArray()).startsWith(0, 1);
      batches.next();
      assertThatThrownBy(first::toIntArray)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("after its end");
      assertThat(second.toIntArray()).startsWith(10, 11);
      assertThat(batches.position()).isEqualTo(3);
    }
  }

  @Test
  void leavingTheLoopEndsTheThreads() {
    Numbered data = new Numbered();
    try (Epoch batches = DataLoader.of(data).batchSize(5).prefetch(3).epoch(device, 0)) {
      for (Batch b : batches) {
        if (b.index() == 2) { // by now each of the three has read
          break;
        }
      }
    }
    assertThat(data.readers).hasSize(3).allSatisfy(t -> assertThat(t.isAlive()).isFalse());
    assertThat(data.readers).allMatch(Thread::isVirtual);
  }

  @Test
  void aSampleThatCannotBeReadReachesTheConsumerByItsIndex() {
    Numbered data =
        new Numbered() {
          @Override
          public void read(int index, Row row) {
            if (index == 57) {
              throw new DataException("its file is truncated");
            }
            super.read(index, row);
          }
        };
    for (int prefetch : new int[] {0, 3}) {
      Epoch batches = DataLoader.of(data).batchSize(10).prefetch(prefetch).epoch(device, 0);
      for (int i = 0; i < 5; i++) {
        batches.next();
      }
      assertThatThrownBy(batches::next)
          .isInstanceOf(DataException.class)
          .hasMessage("sample 57 cannot be read: its file is truncated");
      assertThat(batches.hasNext()).isFalse();
      assertThat(data.readers).filteredOn(Thread::isVirtual).noneMatch(Thread::isAlive);
    }
  }

  @Test
  void anErrorInAReaderIsNoDeadlock() {
    Numbered data =
        new Numbered() {
          @Override
          public void read(int index, Row row) {
            throw new AssertionError("planted");
          }
        };
    try (Epoch batches = DataLoader.of(data).epoch(device, 0)) {
      assertThatThrownBy(batches::next)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("sample 0")
          .hasMessageContaining("planted");
    }
  }

  @Test
  void aLabelOutOfRangeIsNamed() {
    int[] labels = new int[40];
    labels[33] = 10;
    Dataset data = ArrayDataset.of(new float[40], labels, 10, 1);
    try (Epoch batches = DataLoader.of(data).batchSize(16).shuffle(5).epoch(device, 0)) {
      assertThatThrownBy(() -> batches.forEachRemaining(b -> {}))
          .isInstanceOf(DataException.class)
          .hasMessage("labels: sample 33 has class 10, but there are 10 classes, 0 to 9");
    }
  }

  @Test
  void anInterruptEndsTheWait() {
    Numbered data =
        new Numbered() {
          @Override
          public void read(int index, Row row) {
            LockSupport.parkNanos(50_000_000);
          }
        };
    try (Epoch batches = DataLoader.of(data).batchSize(SIZE).epoch(device, 0)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(batches::next).isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void badArgumentsAreNamed() {
    DataLoader loader = DataLoader.of(new Numbered());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loader.batchSize(0))
        .withMessage("batchSize: must be at least 1, but is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loader.batchSize(Integer.MAX_VALUE))
        .withMessageContaining("field inputs of shape [2]");
    assertThatIllegalArgumentException().isThrownBy(() -> loader.prefetch(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loader.epoch(device, 0, 5))
        .withMessageContaining("there are 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loader.batchSize(200).dropLast(true).epoch(device, 0))
        .withMessageContaining("103 samples");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataLoader.of(new Numbered().take(0)))
        .withMessageContaining("no samples");
  }

  /** A device that cannot take the batch after the first, or what a test asks it to fail at. */
  private static final class Full extends ForwardingBackend {
    int uploads;

    Full() {
      super(new ReferenceBackend());
    }

    @Override
    public void upload(float[] from, int at, Buffer to, long toAt, int n) {
      if (++uploads == 2) {
        throw new BackendException("out of memory");
      }
      super.upload(from, at, to, toAt, n);
    }
  }

  @Test
  void anUploadThatFailsClosesTheEpoch() {
    for (int prefetch : new int[] {0, 2}) {
      Full backend = new Full();
      try (Device full = Device.of(backend)) {
        Epoch epoch = DataLoader.of(new Numbered()).batchSize(10).prefetch(prefetch).epoch(full, 0);
        epoch.next();
        assertThatThrownBy(epoch::next).hasMessageContaining("out of memory");
        assertThat(epoch.hasNext()).isFalse();
        assertThatThrownBy(epoch::next).hasMessageContaining("closed");
        assertThat(backend.memory().inUseBytes()).isZero();
      }
    }
  }

  @Test
  void aBatchThatCannotBeMadeIsNotPassedOver() {
    List<Integer> asked = new ArrayList<>();
    Batches made =
        Batches.made(
            device,
            3,
            9,
            (scope, index) -> {
              asked.add(index);
              scope.zeros(4);
              throw new DataException("no batch " + index);
            });
    assertThatThrownBy(made::next).hasMessage("no batch 3");
    assertThatThrownBy(made::next).hasMessageContaining("closed");
    assertThat(asked).containsExactly(3);
    assertThat(device.backend().memory().inUseBytes()).isZero();
  }
}
