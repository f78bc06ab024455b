package io.cortado.models.page;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.models.Onlooker;
import io.cortado.models.alexnet.AlexNet;
import io.cortado.models.data.Mnist;
import io.cortado.models.lenet.LeNet5;
import io.cortado.nn.Layer;
import io.cortado.nn.Sequential;
import io.cortado.optim.AdamW;
import io.cortado.train.Checkpoints;
import io.cortado.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Measures what the page, checkpoints and the profiler cost a training, all in one run.
 *
 * <p>It trains by turns of some seconds: one with nothing, one with one of them, one with nothing,
 * and so on; what a turn took is divided by the mean of the turns with nothing before and after it.
 * A turn with checkpoints makes one, at its begin, which is far more often than once a minute: the
 * time that it took beyond the others is divided by 60 seconds, too.
 *
 * <pre>{@code
 * java -XX:+UseSerialGC --add-modules jdk.incubator.vector -cp TEST_CLASS_PATH \
 *   io.cortado.models.page.OverheadRun lenet5|alexnet|alexnet-2012 SECONDS SECONDS_OF_A_TURN [page] [checkpoint] [profile]
 * }</pre>
 */
final class OverheadRun {

  private OverheadRun() {}

  /** What is trained. */
  private record Work(Layer network, Dataset data, int batch) {}

  /** The program: model, seconds, seconds of a turn, and what is measured. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("overhead");
    List<OverheadTurns.Mode> modes =
        Arrays.stream(args)
            .skip(3)
            .map(name -> OverheadTurns.Mode.valueOf(name.toUpperCase(Locale.ROOT)))
            .toList();
    OverheadTurns.Plan plan =
        new OverheadTurns.Plan(
            Double.parseDouble(args[1]),
            Double.parseDouble(args[2]),
            modes.isEmpty()
                ? List.of(
                    OverheadTurns.Mode.PAGE,
                    OverheadTurns.Mode.CHECKPOINT,
                    OverheadTurns.Mode.PROFILE)
                : modes,
            folder.resolve("checkpoints"));
    Work work = work(args[0]);
    try (Device device = Device.open("cpu");
        LivePage page = LivePage.open(folder, 0, () -> {}, new PrintWriter(System.err));
        Viewer viewer = new Viewer(page.address());
        Viewer.Stream events = viewer.events()) {
      Thread reader = Thread.ofVirtual().start(() -> read(events));
      work.network.init(device, 1);
      System.out.printf(
          "%s: %,d weights, batches of %d, %d threads%n",
          args[0],
          work.network.parameterCount(),
          work.batch,
          Runtime.getRuntime().availableProcessors());
      Trainer trainer =
          Trainer.of(work.network)
              .loss(new CrossEntropyLoss())
              .optimizer(new AdamW(1e-3))
              .epochs(1_000_000)
              .batchSize(work.batch)
              .checkpoint(
                  new Checkpoints(plan.checkpoints()).every(Duration.ofDays(1)).keepLast(2));
      Onlooker.Joined joined = new Onlooker.Joined(trainer, "images", "", true, () -> false);
      OverheadTurns turns = new OverheadTurns(plan, page.join(joined).getFirst(), trainer);
      var unused = trainer.on(turns).fit(work.data);
      turns.report(System.out);
      System.out.printf("events read: %d%n", events.updates);
      reader.interrupt();
    }
  }

  private static Work work(String name) {
    return switch (name) {
      case "lenet5" -> new Work(LeNet5.classic(1, 28, 28, 10), Mnist.train(), 64);
      case "alexnet" -> new Work(AlexNet.forCifar(3, 32, 32, 10), noise(1024, 32, 10), 64);
      case "alexnet-2012" -> {
        Sequential published = AlexNet.asPublished(3, 1000);
        yield new Work(published, noise(64, 227, 1000), 8);
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Makes images of noise, which take as long as any. */
  private static Dataset noise(int images, int side, int classes) {
    Random random = new Random(1);
    float[] pixels = new float[images * 3 * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat() - 0.5f;
    }
    int[] labels = random.ints(images, 0, classes).toArray();
    return ArrayDataset.of(pixels, labels, classes, 3, side, side);
  }

  private static void read(Viewer.Stream events) {
    try {
      events.skip();
    } catch (IOException e) {
      // the end
    }
  }
}
