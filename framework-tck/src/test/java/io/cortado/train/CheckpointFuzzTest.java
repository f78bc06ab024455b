package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cortado.Device;
import io.cortado.io.FileException;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.GradScaler;
import io.cortado.optim.ReduceLROnPlateau;
import io.cortado.tck.reference.ReferenceBackend;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints whose checksums are right and whose texts are not: each is refused by a {@link
 * FileException} that leaves the model as it was, or trained on from as what it says. {@code
 * -Dcortado.fuzz=100000} spoils more of them, {@code -Dcortado.fuzz.seed} others.
 */
@Timeout(3600)
final class CheckpointFuzzTest {

  private static final int INPUTS = Integer.getInteger("cortado.fuzz", 3000) / 6;
  private static final long SEED = Long.getLong("cortado.fuzz.seed", 1);

  /** What resuming and training for up to nine steps may take from the heap. */
  private static final long MEMORY = 32 << 20;

  private static final List<String> WORDS =
      List.of(
          "",
          "-",
          " ",
          "0",
          "1",
          "-1",
          "2",
          "7",
          "1e9",
          "1000000000",
          "2147483647",
          "-2147483648",
          "2147483648",
          "999999999999999999",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "NaN",
          "Infinity",
          "-Infinity",
          "1e-45",
          "3e38",
          "1e308",
          "0x1p3",
          "1.0",
          "1.5 2.5",
          "step-00000004",
          "Adam",
          "null",
          "ÿ\u0000\uD83D\uDE00");

  @TempDir Path dir;
  private final Device device = Device.of(new ReferenceBackend());
  private final Random random = new Random(SEED);

  @AfterEach
  void close() {
    device.close();
  }

  /** A training that uses all that a checkpoint has texts for. */
  private final class Setup {
    final Layer model = TrainerTest.classifier(device, 1);
    final Adam adam = new Adam(0.05);
    final Trainer trainer =
        Trainer.of(model)
            .loss(crossEntropy())
            .optimizer(adam)
            .schedule(new ReduceLROnPlateau().patience(0))
            .lossScaling(new GradScaler().initScale(64))
            .on(new EarlyStopping(5))
            .epochs(3)
            .batchSize(8)
            .prefetch(0)
            .seed(4);

    void fit() {
      TrainingResult unused =
          trainer.fit(TrainerTest.points(20, 1), TrainerTest.points(9, 2)); // 3 steps an epoch
    }
  }

  @Test
  void aCheckpointThatSaysWhatCannotBeIsRefusedAndChangesNothing() {
    Setup first = new Setup();
    Path folder = dir.resolve("sound");
    first.trainer.checkpoint(new Checkpoints(folder).everySteps(1).keepLast(9).waitForDisk());
    first.fit();
    List<StoredCheckpoint> sound = new ArrayList<>();
    for (CheckpointName name : StoredCheckpoint.list(folder)) {
      sound.add(StoredCheckpoint.open(folder.resolve(name.toString())));
    }
    float[] untouched = new Setup().model.store().toFloatArray();
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    int read = 0;
    for (int i = 0; i < INPUTS; i++) {
      Map<String, String> texts = spoiled(sound.get(random.nextInt(sound.size())).texts().all());
      Path spoiled = write(first, i, texts);
      Setup s = new Setup();
      long before = memory.getCurrentThreadAllocatedBytes();
      try {
        s.trainer.resume(spoiled).fit(TrainerTest.points(20, 1), TrainerTest.points(9, 2));
        read++;
      } catch (NonFiniteLossException e) {
        read++; // by a learning rate that it says
      } catch (FileException e) {
        assertThat(e).hasMessageContaining("; ").hasMessageContaining("step-"); // remedy, source
        assertThat(s.model.store().toFloatArray()).as("%s", e).isEqualTo(untouched);
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("input " + i + " of seed " + SEED + ": " + texts, e);
      }
      assertThat(memory.getCurrentThreadAllocatedBytes() - before)
          .as("bytes for input %d of seed %d: %s", i, SEED, texts)
          .isLessThan(MEMORY);
    }
    assertThat(refused).as("refused").isGreaterThan(INPUTS / 4);
    assertThat(read).as("read, in spite of it").isGreaterThan(INPUTS / 20);
  }

  /** Writes a checkpoint with right checksums. */
  private Path write(Setup from, int index, Map<String, String> texts) {
    Snapshot snapshot = new Snapshot();
    CheckpointName name = new CheckpointName(1, 0);
    snapshot.take(name, from.model.stateDict(), Map.of(), from.adam.stateDict(), texts);
    Path folder = dir.resolve("spoiled-" + index);
    try (CheckpointFolder to = CheckpointFolder.open(folder, CheckpointFiles.DISK)) {
      to.write(snapshot);
    }
    return folder.resolve(name.toString());
  }

  private Map<String, String> spoiled(Map<String, String> sound) {
    Map<String, String> texts = new LinkedHashMap<>(sound);
    for (int change = random.nextInt(3); change >= 0; change--) {
      List<String> keys = new ArrayList<>(texts.keySet());
      String key = one(keys);
      String value = texts.getOrDefault(key, "");
      switch (random.nextInt(8)) {
        case 0 -> texts.remove(key);
        case 1 -> texts.put(key, one(WORDS));
        case 2 -> texts.put(key, texts.getOrDefault(one(keys), ""));
        case 3 -> texts.put(key, value + one(WORDS));
        case 4 -> texts.put(key, value + " " + one(WORDS));
        case 5 -> texts.put(key, value.substring(random.nextInt(value.length() + 1)));
        case 6 -> texts.put(key.substring(0, key.length() - 1) + one(WORDS), value);
        default -> texts.put(key, digit(value));
      }
    }
    return texts;
  }

  /** Changes a character. */
  private String digit(String value) {
    if (value.isEmpty()) {
      return "0";
    }
    int at = random.nextInt(value.length());
    return value.substring(0, at) + random.nextInt(10) + value.substring(at + 1);
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
