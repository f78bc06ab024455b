package io.cortado.models.page;

import io.cortado.Device;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.models.Onlooker;
import io.cortado.models.Zoo;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.Mnist;
import io.cortado.nn.Layer;
import io.cortado.optim.AdamW;
import io.cortado.train.Callback;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Measures what a page costs a training: LeNet-5 on MNIST, batches of 64, by turns some seconds
 * with the page and a reader of its events and as many without, in one run.
 */
final class PageCostRun {

  private static final int STEPS = 400; // of a turn

  private PageCostRun() {}

  /** The program: seconds. */
  public static void main(String[] args) throws Exception {
    long seconds = Long.parseLong(args[0]);
    Path folder = Files.createTempDirectory("page-cost");
    ImageModel model =
        ImageModel.of(Zoo.classifier("lenet5"), "1998", DataSets.image("mnist").info());
    Layer network = Zoo.classifier("lenet5").build(model);
    try (Device device = Device.open("cpu");
        LivePage page = LivePage.open(folder, 0, () -> {}, new PrintWriter(System.err));
        Viewer viewer = new Viewer(page.address());
        Viewer.Stream events = viewer.events()) {
      Thread reader = Thread.ofVirtual().start(() -> read(events));
      network.init(device, 1);
      page.network(network.summary(model.input().prepend(1)), model.input());
      Trainer trainer =
          Trainer.of(network)
              .loss(new CrossEntropyLoss())
              .optimizer(new AdamW(1e-3))
              .epochs(1000)
              .batchSize(64);
      Onlooker.Joined joined = new Onlooker.Joined(trainer, "images", "", false, () -> false);
      Turns turns = new Turns(page.join(joined).getFirst(), seconds);
      var unused = trainer.on(turns).fit(Mnist.train());
      turns.report();
      System.out.printf("events read: %d%n", events.updates);
      reader.interrupt();
    }
  }

  private static void read(Viewer.Stream events) {
    try {
      events.skip();
    } catch (Exception e) {
      // the end
    }
  }

  /** Lets a callback be told of each second turn alone. */
  private static final class Turns implements Callback {
    private final Callback page;
    private final long end;
    private final List<Double> ratios = new ArrayList<>();
    private long begin = System.nanoTime();
    private long without;
    private long inside;
    private long insideAll;
    private long withAll;
    private int steps;
    private boolean on;

    Turns(Callback page, long seconds) {
      this.page = page;
      this.end = System.nanoTime() + seconds * 1_000_000_000;
    }

    @Override
    public void onFitBegin(TrainingContext training) {
      page.onFitBegin(training);
    }

    @Override
    public void onEpochBegin(TrainingContext training) {
      page.onEpochBegin(training);
    }

    @Override
    public void onStepEnd(TrainingContext training) {
      if (on) {
        long from = System.nanoTime();
        page.onStepEnd(training);
        inside += System.nanoTime() - from;
      }
      if (++steps == STEPS) {
        turn(training);
      }
    }

    private void turn(TrainingContext training) {
      long now = System.nanoTime();
      if (on) {
        ratios.add((double) (now - begin) / without);
        if (ratios.size() > 3) { // until then much is compiled
          insideAll += inside;
          withAll += now - begin;
        }
      } else {
        without = now - begin;
        page.onEpochBegin(training); // so that no point spans the turn without
      }
      on = !on;
      steps = 0;
      inside = 0;
      begin = System.nanoTime();
      if (now > end) {
        training.stop("time is up");
      }
    }

    void report() {
      List<Double> warm =
          new ArrayList<>(ratios.subList(Math.min(3, ratios.size()), ratios.size()));
      Collections.sort(warm);
      System.out.printf(
          "turns: %d; time with page / without: median %.4f, quartiles %.4f and %.4f%n",
          warm.size(),
          warm.get(warm.size() / 2),
          warm.get(warm.size() / 4),
          warm.get(3 * warm.size() / 4));
      System.out.printf(
          "share of the training's thread inside the page: %.3f %%%n", 100.0 * insideAll / withAll);
    }
  }
}
