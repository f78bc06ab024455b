package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.Device;
import io.cortado.data.DataLoader;
import io.cortado.io.FileException;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ReduceLROnPlateau;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on disks that fail, damaged, misplaced, and in the hands of the wrong run. */
@Timeout(300)
final class CheckpointsTest {

  private static final int SAMPLES = 20;
  private static final int STEPS = 9; // of three epochs

  @TempDir Path dir;
  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  /** A model and how it is trained, as each run makes them anew. */
  private final class Setup {
    final Layer model = TrainerTest.classifier(device, 1);
    final Trainer trainer = trainer(model, new Adam(0.05));

    float[] fit() {
      trainer.fit(TrainerTest.points(SAMPLES, 1));
      return model.store().toFloatArray();
    }
  }

  private static Trainer trainer(Layer model, Optimizer optimizer) {
    return Trainer.of(model)
        .loss(crossEntropy())
        .optimizer(optimizer)
        .epochs(3)
        .batchSize(8)
        .prefetch(0)
        .seed(4);
  }

  static Callback stopAfter(Trainer trainer, long steps) {
    return new Callback() {
      @Override
      public void onStepEnd(TrainingContext training) {
        if (training.totalSteps() == steps) {
          trainer.requestStop();
        }
      }
    };
  }

  private List<String> names(Path folder) {
    return StoredCheckpoint.list(folder).stream().map(CheckpointName::toString).toList();
  }

  private Path saved(String name, long steps, int keep) {
    Path folder = dir.resolve(name);
    Setup s = new Setup();
    s.trainer.checkpoint(new Checkpoints(folder).everySteps(2).keepLast(keep).waitForDisk());
    s.trainer.on(stopAfter(s.trainer, steps));
    s.fit();
    return folder;
  }

  @Test
  void oneThatIsAskedForIsMadeAfterThatStepOrAfterTheEpochsValidation() {
    for (int asked : new int[] {2, 3}) { // an epoch has three steps
      Path folder = dir.resolve("asked-" + asked);
      Setup s = new Setup();
      s.trainer.checkpoint(new Checkpoints(folder).everySteps(1000).keepLast(9).waitForDisk());
      s.trainer.on(
          new Callback() {
            @Override
            public void onStepEnd(TrainingContext training) {
              if (training.totalSteps() == asked) {
                s.trainer.requestCheckpoint();
              }
            }
          });
      float[] unused = s.fit();
      assertThat(names(folder))
          .containsExactly(
              "step-00000009-epoch-0003",
              asked == 2 ? "step-00000002" : "step-00000003-epoch-0001");
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> new Setup().trainer.requestCheckpoint())
        .withMessageContaining("call checkpoint(...) before fit");
  }

  // ---------------------------------------------------------------- failing disks

  @Test
  void whateverCallOfTheDiskFailsTheTrainingGoesOnAndNothingThatWasSavedIsLost() {
    float[] expected = new Setup().fit();
    FailingFiles sound = new FailingFiles(0, false);
    assertThat(trained(dir.resolve("sound"), sound)).isEqualTo(expected);
    assertThat(sound.calls()).isGreaterThan(100);
    for (int call = 1; call <= sound.calls(); call++) {
      for (boolean forGood : new boolean[] {false, true}) {
        Path folder = dir.resolve(call + (forGood ? "-on" : ""));
        float[] got = trained(folder, new FailingFiles(call, forGood));
        if (got == null) {
          assertThat(call).as("a failure at the end").isGreaterThan(forGood ? 0 : 1);
        } else {
          assertThat(got).isEqualTo(expected);
        }
        for (String name : names(folder)) {
          Checksums.verify(folder.resolve(name)); // none is damaged
        }
        Setup again = new Setup();
        again.trainer.checkpoint(new Checkpoints(folder).everySteps(2).keepLast(2));
        Checkpoints.latest(folder).ifPresent(again.trainer::resume);
        assertThat(again.fit()).as("resumed after call %d failed", call).isEqualTo(expected);
        assertThat(names(folder).getFirst()).isEqualTo("step-00000009-epoch-0003");
        assertThat(folder.toFile().list((_, name) -> name.endsWith(".tmp"))).isEmpty();
      }
    }
  }

  /** Trains with checkpoints on a disk; null if the last one could not be written. */
  private float @Nullable [] trained(Path folder, FailingFiles files) {
    Setup s = new Setup();
    s.trainer.checkpoint(new Checkpoints(folder, files).everySteps(2).keepLast(2).waitForDisk());
    List<CheckpointName> newest = new ArrayList<>();
    s.trainer.on(
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            List<CheckpointName> names = StoredCheckpoint.list(folder);
            if (!newest.isEmpty()) {
              assertThat(names.getFirst()).isGreaterThanOrEqualTo(newest.getFirst());
            }
            newest.addAll(0, names.subList(0, Math.min(1, names.size())));
          }
        });
    try {
      return s.fit();
    } catch (FileException e) {
      assertThat(e).hasMessageContaining("No space left on device");
      return null;
    }
  }

  // ---------------------------------------------------------------- damage

  @Test
  void aFlippedBitAnywhereIsFoundAndTheCheckpointBeforeIsTaken() throws IOException {
    Path folder = saved("run", 5, 3);
    Path newest = folder.resolve("step-00000005");
    Path before = folder.resolve("step-00000004");
    assertThat(Checkpoints.latest(folder)).contains(newest);
    for (String name : List.of(StoredCheckpoint.MODEL, StoredCheckpoint.TRAINING, Checksums.FILE)) {
      Path file = newest.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      int bits = name.equals(Checksums.FILE) ? 8 : 1;
      for (int i = 0; i < bytes.length; i++) {
        for (int bit = 0; bit < bits; bit++) {
          byte[] flipped = bytes.clone();
          flipped[i] ^= (byte) (1 << (bits == 1 ? i % 8 : bit));
          Files.write(file, flipped);
          assertDamaged(newest);
        }
        if (i % 7 == 0 || bits == 8) {
          Files.write(file, Arrays.copyOf(bytes, i)); // a power cut
          assertDamaged(newest);
        }
      }
      Files.delete(file);
      assertDamaged(newest);
      List<String> reasons = new ArrayList<>();
      assertThat(Checkpoints.latest(folder, reasons::add)).contains(before);
      assertThat(reasons).hasSize(1).first().asString().contains("step-00000005: is");
      Files.write(file, bytes);
      assertThat(Checkpoints.latest(folder)).contains(newest);
    }
    Files.delete(newest.resolve(Checksums.FILE));
    Setup named = new Setup();
    named.trainer.resume(newest);
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(named::fit)
        .withMessageContaining("is no finished checkpoint: it has no SHA256SUMS");
    Setup resumed = new Setup();
    resumed.trainer.checkpoint(new Checkpoints(folder)).resume(folder);
    assertThat(resumed.fit()).isEqualTo(new Setup().fit());
    assertThat(folder.resolve("step-00000005.damaged")).exists();
  }

  private static void assertDamaged(Path checkpoint) {
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> StoredCheckpoint.open(checkpoint))
        .withMessageContaining(checkpoint.toString());
  }

  @Test
  void aNewerVersionIsRefusedAndNotPassedOver() {
    Path folder = saved("run", 5, 3);
    Snapshot future = new Snapshot();
    future.take(
        new CheckpointName(77, 0),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(StoredCheckpoint.VERSION_KEY, Integer.toString(StoredCheckpoint.VERSION + 1)));
    try (CheckpointFolder to = CheckpointFolder.open(folder, CheckpointFiles.DISK)) {
      to.write(future);
    }
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> Checkpoints.latest(folder))
        .withMessageContaining("is a checkpoint of version 3, and this program reads up to 2");
  }

  @Test
  void oneOfVersion1WhichHadATextForEachNumberOfAnEpochIsGoneOnFrom() {
    Path folder = saved("run", 8, 3);
    StoredCheckpoint now = StoredCheckpoint.open(folder.resolve("step-00000008"));
    List<EpochResult> history = EpochHistory.of(now.texts(), Position.of(now.texts()));
    Map<String, String> texts = new LinkedHashMap<>(now.texts().all());
    texts.keySet().removeIf(key -> key.startsWith("history."));
    texts.put(StoredCheckpoint.VERSION_KEY, "1");
    for (EpochResult e : history) {
      String prefix = "history." + e.epoch() + ".";
      texts.put(prefix + "lr", Double.toString(e.lr()));
      texts.put(prefix + "steps", Integer.toString(e.steps()));
      texts.put(prefix + "samples", Long.toString(e.samples()));
      texts.put(prefix + "train_seconds", Double.toString(e.trainSeconds()));
      texts.put(prefix + "seconds", Double.toString(e.seconds()));
      e.values().forEach((name, v) -> texts.put(prefix + "value." + name, v.toString()));
    }
    StateTexts old = new StateTexts("step-00000008", texts);
    assertThat(history).hasSize(2).isEqualTo(EpochHistory.of(old, Position.of(old)));
    texts.remove("history.2.lr");
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> EpochHistory.of(old, Position.of(old)))
        .withMessageContaining("does not say 'history.2.lr'");
  }

  // ---------------------------------------------------------------- wrong runs

  @Test
  void aCheckpointOfAnotherRunIsRefusedByItsFirstDifference() {
    Path folder = saved("run", 5, 3);
    Layer wider = sequential(linear(2, 9), relu(), linear(9, 3)).init(device, 1);
    float[] before = wider.store().toFloatArray();
    assertRefused(
        trainer(wider, new Adam(0.05)).resume(folder),
        "\"0.weight\" is [8, 2] in the file and [9, 2] in the model");
    assertThat(wider.store().toFloatArray()).isEqualTo(before);
    Layer model = TrainerTest.classifier(device, 2);
    before = model.store().toFloatArray();
    assertRefused(
        trainer(model, new SGD(0.1)).resume(folder),
        "whose optimizer was Adam, and this one's is SGD");
    assertRefused(
        trainer(model, new Adam(0.1).amsgrad(true)).resume(folder), "no optimizer state \"");
    assertRefused(
        trainer(model, new Adam(0.1)).seed(5).resume(folder),
        "whose seed was 4, and this one's is 5");
    assertRefused(
        trainer(model, new Adam(0.1)).batchSize(7).resume(folder), "whose batch size was 8");
    assertRefused(trainer(model, new Adam(0.1)).resume(dir.resolve("none")), "is not a folder");
    assertThat(model.store().toFloatArray()).isEqualTo(before);
  }

  /** What a loader of one's own does counts, not the trainer's numbers, which it has no use for. */
  @Test
  void aLoaderOfOnesOwnHasToBeTheSameOne() {
    DataLoader own = DataLoader.of(TrainerTest.points(SAMPLES, 1)).batchSize(4).shuffle(7);
    Path folder = dir.resolve("own");
    Setup s = new Setup();
    s.trainer.checkpoint(new Checkpoints(folder).everySteps(2).waitForDisk());
    s.trainer.on(stopAfter(s.trainer, 2));
    s.trainer.fit(own, null);
    Map<DataLoader, String> others = new LinkedHashMap<>();
    others.put(own.batchSize(8), "whose batches was 5, and this one's is 3");
    others.put(own.batchSize(4).shuffle(8), "whose loader's seed was 7, and this one's is 8");
    others.forEach((loader, why) ->
        assertThatExceptionOfType(FileException.class)
            .isThrownBy(() -> new Setup().trainer.resume(folder).fit(loader, null))
            .withMessageContaining(why));
    Setup unbroken = new Setup();
    unbroken.trainer.fit(own, null);
    Setup resumed = new Setup();
    resumed.trainer.resume(folder).fit(own, null);
    assertThat(resumed.model.store().toFloatArray())
        .isEqualTo(unbroken.model.store().toFloatArray());
  }

  private static void assertRefused(Trainer trainer, String why) {
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> trainer.fit(TrainerTest.points(SAMPLES, 1)))
        .withMessageContaining(why);
  }

  @Test
  void aFolderBelongsToOneRunAndOneProgramAtATime() throws IOException {
    Path folder = saved("run", 5, 3);
    List<String> before = names(folder);
    Setup anew = new Setup();
    assertRefused(
        anew.trainer.checkpoint(new Checkpoints(folder)), "the checkpoints of another run");
    Setup older = new Setup();
    older.trainer.checkpoint(new Checkpoints(folder)).resume(folder.resolve("step-00000004"));
    assertRefused(older.trainer, "holds step-00000005, which is newer than step-00000004");
    Path other = saved("other", 2, 3);
    Setup strange = new Setup();
    strange.trainer.checkpoint(new Checkpoints(other)).resume(folder);
    assertRefused(strange.trainer, "the checkpoints of another run");
    Setup holder = new Setup();
    holder.trainer.checkpoint(new Checkpoints(folder)).resume(folder);
    holder.trainer.on(
        new Callback() {
          @Override
          public void onFitBegin(TrainingContext training) {
            Setup second = new Setup();
            second.trainer.checkpoint(new Checkpoints(folder)).resume(folder);
            for (int attempt = 0; attempt < 2; attempt++) {
              assertRefused(second.trainer, "is in use: another run writes its checkpoints there");
            }
            // POSIX's locks are the process's: the refused ones must not have let go of it.
            assertThat(anotherProgramLocks(folder)).isFalse();
          }
        });
    assertThat(names(folder)).isEqualTo(before);
    holder.fit();
    assertThat(anotherProgramLocks(folder)).isTrue();
    Path file = Files.writeString(dir.resolve("file"), "");
    assertRefused(new Setup().trainer.checkpoint(new Checkpoints(file)), "cannot be written");
  }

  private static boolean anotherProgramLocks(Path folder) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    try {
      Process other =
          new ProcessBuilder(java, "-cp", classes, TryLock.class.getName(), folder.toString())
              .inheritIO()
              .start();
      int code = other.waitFor();
      assertThat(code).isBetween(TryLock.LOCKED, TryLock.REFUSED);
      return code == TryLock.LOCKED;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Another program that wants a folder. */
  static final class TryLock {
    static final int LOCKED = 10;
    static final int REFUSED = 11;

    private TryLock() {}

    public static void main(String[] folder) throws IOException {
      Path file = Path.of(folder[0]).resolve(".lock");
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        System.exit(lock != null ? LOCKED : REFUSED);
      }
    }
  }

  // ---------------------------------------------------------------- what is kept

  @Test
  void theNewestAndTheBestAreKept() {
    Path folder = dir.resolve("run");
    Setup s = new Setup();
    // The first epoch is the best where more is better and the loss falls.
    s.trainer.monitor(Monitor.max("loss"));
    s.trainer.checkpoint(
        new Checkpoints(folder).everySteps(1).keepLast(2).keepBest().waitForDisk());
    s.fit();
    assertThat(names(folder)).hasSize(3);
    assertThat(names(folder).getFirst()).isEqualTo("step-00000009-epoch-0003");
    assertThat(names(folder).getLast()).isEqualTo("step-00000003-epoch-0001");
  }

  @Test
  void aTrainingThatHadSeenEnoughEndsAtOnceAndGoesOnWithMorePatience() {
    Path folder = dir.resolve("run");
    EarlyStopping strict = new EarlyStopping(1).minDelta(100);
    Setup s = new Setup();
    s.trainer.on(strict).checkpoint(new Checkpoints(folder));
    s.fit();
    Setup again = new Setup();
    again.trainer.on(new EarlyStopping(1).minDelta(100)).checkpoint(new Checkpoints(folder));
    TrainingResult result = again.trainer.resume(folder).fit(TrainerTest.points(SAMPLES, 1));
    assertThat(result.stoppedBy()).isEqualTo(StopReason.BY_CALLBACK);
    assertThat(result.history()).hasSize(2);
    assertThat(again.model.store().toFloatArray()).isEqualTo(s.model.store().toFloatArray());
    Setup patient = new Setup();
    patient.trainer.on(new EarlyStopping(5)).checkpoint(new Checkpoints(folder)).resume(folder);
    assertThat(patient.fit()).isEqualTo(new Setup().fit());
  }

  @Test
  void aPlateauIsRememberedWithItsRate() {
    Path folder = dir.resolve("run");
    List<float[]> ends = new ArrayList<>();
    for (int stop : new int[] {0, 5, 0}) {
      Setup s = new Setup();
      s.trainer.schedule(
          new ReduceLROnPlateau()
              .patience(0)
              .factor(0.5)
              .threshold(0.9, ReduceLROnPlateau.ThresholdMode.REL));
      if (stop > 0 || !ends.isEmpty()) {
        s.trainer.checkpoint(new Checkpoints(folder).everySteps(STEPS));
        Checkpoints.latest(folder).ifPresent(s.trainer::resume);
        s.trainer.on(stopAfter(s.trainer, stop));
      }
      ends.add(s.fit());
    }
    assertThat(ends.get(2)).isEqualTo(ends.get(0)).isNotEqualTo(new Setup().fit());
  }
}
