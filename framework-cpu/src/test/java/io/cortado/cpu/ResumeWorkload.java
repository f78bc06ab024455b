package io.cortado.cpu;

import static io.cortado.data.Transforms.randomCrop;
import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.metrics.Metrics.accuracy;
import static io.cortado.nn.Layers.batchNorm2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.simd.Simd;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.io.AtomicFile;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.optim.GradScaler;
import io.cortado.train.BestModel;
import io.cortado.train.Callback;
import io.cortado.train.Checkpoints;
import io.cortado.train.CsvLog;
import io.cortado.train.EarlyStopping;
import io.cortado.train.EpochResult;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A training that uses everything whose state a checkpoint has to keep: batch normalization,
 * dropout in training and in validation, augmentation, Adam, a schedule, a scaled loss, metrics,
 * early stopping, best weights, a log.
 */
final class ResumeWorkload {

  static final int BATCH = 16;
  static final int SAMPLES = 150;
  static final int EPOCH = (SAMPLES + BATCH - 1) / BATCH;
  static final int EPOCHS = 6;
  static final int STEPS = EPOCH * EPOCHS;

  /** The file that a process leaves when it has come to its end. */
  static final String RESULT = "result.txt";

  /** What a process says when its first step is done. */
  static final String BEGUN = "begun";

  private final Path folder;
  private final int workers;

  ResumeWorkload(Path folder, int workers) {
    this.folder = folder;
    this.workers = workers;
  }

  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  private static Dataset images(int n, long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[n * 64];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 4;
      for (int k = 0; k < 64; k++) {
        pixels[64 * i + k] = (float) (Math.sin(k * (1 + labels[i])) + random.nextGaussian());
      }
    }
    return ArrayDataset.of(pixels, labels, 4, 1, 8, 8);
  }

  /**
   * Trains, and goes on from the newest checkpoint if there is one.
   *
   * @param settings how checkpoints are made; null for a run that makes none
   * @param stopAfter after how many steps in all it is asked to stop; 0 for never
   * @return all bits of the end in words; null if it was stopped
   */
  @Nullable String run(@Nullable Checkpoints settings, long stopAfter, Callback... more) {
    try (Device device =
        Device.of(
            CpuBackend.open(
                BackendOptions.DEFAULTS.withThreads(workers), Simd.Choice.VECTOR_API))) {
      Layer model =
          sequential(
                  conv2d(1, 6, 3).padding(1),
                  batchNorm2d(6),
                  relu(),
                  flatten(),
                  linear(384, 32),
                  relu(),
                  dropout(0.3),
                  linear(32, 4))
              .init(device, 3);
      Layer noise = dropout(0.1); // no part of the model: random in validation, too
      Trainer trainer =
          Trainer.of(model, batch -> noise.forward(model.forward(batch.inputs())))
              .loss(crossEntropy())
              .optimizer(new Adam(2e-3).weightDecay(1e-3))
              .scheduleSteps(new CosineAnnealingLR(STEPS))
              .lossScaling(new GradScaler().initScale(1024).growthInterval(7))
              .clipGradNorm(1)
              .metric(accuracy())
              .on(new CsvLog(folder.resolve("log.csv")))
              .on(new BestModel(folder.resolve("best.safetensors")), new EarlyStopping(EPOCHS))
              .on(more)
              .epochs(EPOCHS)
              .batchSize(BATCH)
              .seed(11);
      trainer.on(
          new Callback() {
            @Override
            public void onStepEnd(TrainingContext training) {
              if (training.totalSteps() == stopAfter) {
                trainer.requestStop();
              }
            }
          });
      if (settings != null) {
        trainer.checkpoint(settings);
        Checkpoints.latest(checkpoints()).ifPresent(trainer::resume);
      }
      TrainingResult result = trainer.fit(images(SAMPLES, 1).map(randomCrop(1, 0)), images(40, 2));
      return result.history().size() < EPOCHS ? null : bits(model, result);
    }
  }

  /** Puts into words every bit that two equal runs have in common: all but times. */
  private String bits(Layer model, TrainingResult result) {
    StringBuilder text = new StringBuilder();
    Map<String, Tensor> state = new TreeMap<>(model.stateDict());
    state.forEach(
        (name, tensor) -> text.append(name).append(' ').append(hash(tensor)).append('\n'));
    for (EpochResult e : result.history()) {
      text.append(e.epoch()).append(' ').append(e.values()).append(' ').append(e.lr());
      text.append(' ').append(e.steps()).append(' ').append(e.samples()).append('\n');
    }
    text.append(result.bestEpoch()).append(' ').append(result.message()).append('\n');
    try {
      text.append(Arrays.hashCode(Files.readAllBytes(folder.resolve("best.safetensors"))));
      for (String line : Files.readAllLines(folder.resolve("log.csv"))) {
        String[] cells = line.split(",");
        text.append('\n').append(String.join(",", Arrays.copyOf(cells, cells.length - 2)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  /** Returns every element's bits. */
  private static String hash(Tensor tensor) {
    if (tensor.dtype() == DType.INT32) {
      return Arrays.toString(tensor.toIntArray());
    }
    StringBuilder hex = new StringBuilder();
    for (float f : tensor.toFloatArray()) {
      hex.append(Integer.toHexString(Float.floatToRawIntBits(f))).append(' ');
    }
    return hex.toString();
  }

  /**
   * Runs as a process that may be killed: folder, number of workers, steps between checkpoints,
   * whether it waits for the disk.
   */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    ResumeWorkload workload = new ResumeWorkload(folder, Integer.parseInt(args[1]));
    Checkpoints settings =
        new Checkpoints(workload.checkpoints())
            .everySteps(Long.parseLong(args[2]))
            .keepLast(2)
            .keepBest();
    if (Boolean.parseBoolean(args[3])) {
      settings.waitForDisk();
    }
    String bits =
        workload.run(
            settings,
            0,
            new Callback() {
              private boolean begun;

              @Override
              public void onStepEnd(TrainingContext training) {
                if (!begun) {
                  begun = true;
                  System.out.println(BEGUN);
                }
                // So that a reader can tell how far a process came before it was killed.
                System.out.println(training.totalSteps());
              }
            });
    byte[] bytes = String.valueOf(bits).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(RESULT), out -> out.write(bytes));
  }
}
