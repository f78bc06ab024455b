package io.cortado.models.classify;

import static io.cortado.metrics.Metrics.accuracy;

import io.cortado.data.Dataset;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.RunFolder;
import io.cortado.nn.Layer;
import io.cortado.optim.AveragedModel;
import io.cortado.train.BestModel;
import io.cortado.train.CsvLog;
import io.cortado.train.EarlyStopping;
import io.cortado.train.Inference;
import io.cortado.train.NonFiniteLossException;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;

/** One training, from the first line it prints to the last. */
public final class TrainingRun {

  /**
   * What is trained and how.
   *
   * @param patience epochs without improvement until the end; 0 for all epochs
   * @param views of each picture in the test
   */
  public record Setup(ImageModel model, Recipe recipe, int patience, Views views) {}

  /** Images of a batch that is only measured. */
  private static final int MEASURED = 250;

  /** Of how many validation images an onlooker sees those that are misread. */
  private static final int SEEN = 256;

  private final Setup setup;
  private final Layer network;
  private final TrainingData data;
  private final Run run;
  private final RunFolder folder;

  /** Makes a training of an initialised network. */
  public TrainingRun(Setup setup, Layer network, TrainingData data, Run run) {
    this.setup = setup;
    this.network = network;
    this.data = data;
    this.run = run;
    this.folder = run.folder();
  }

  /** Trains, tests and saves. */
  public Figures start() throws IOException {
    folder.create();
    folder.checkRoom(8_000_000 + 8 * network.parameterCount());
    printSetup();
    return train();
  }

  private void printSetup() {
    ImageModel m = setup.model();
    run.table(network, m.input());
    run.line("device", "%s", Reports.device(network.device()));
    run.line("model", "%s, variant %s", m.model(), m.variant());
    run.line(
        "data",
        "%s: %,d training, %,d validation, %,d test images%s",
        m.data(),
        data.train().size(),
        data.validation().size(),
        data.test().size(),
        data.without());
    run.line("recipe", "%s", setup.recipe());
    run.line("seed", "%d", run.seed());
    run.line("folder", "%s", folder.path());
    run.say("");
  }

  private Figures train() throws IOException {
    BestModel best =
        new BestModel(folder.weights()).describedBy(setup.model().toDescription()).restoreAtEnd();
    Dataset some = TrainingData.some(data.train(), data.validation().size());
    TrainingAccuracy trainingAccuracy =
        new TrainingAccuracy(
            () -> Inference.evaluate(network, some, MEASURED, accuracy()).metric("accuracy"));
    Trainer trainer =
        run.watch(trainer(best).on(trainingAccuracy), "images").on(new GraphReport(run.out()));
    run.kept(() -> kept(best));
    Dataset seen = TrainingData.some(data.validation(), SEEN);
    run.limits()
        .onlooker()
        .misread(() -> MisreadImages.of(setup.model(), seen, TestResult.of(network, seen)));
    TrainingResult result;
    try {
      result = trainer.fit(augmented(), data.validation());
    } catch (NonFiniteLossException e) {
      throw new InputException(
          "the training broke down: %s; %s".formatted(e.getMessage(), kept(best)), e);
    }
    if (result.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    return new TrainingReport(setup.model(), setup.views(), run)
        .write(network, data, result, trainingAccuracy.perEpoch());
  }

  private Trainer trainer(BestModel best) {
    Recipe r = setup.recipe();
    Trainer trainer =
        Trainer.of(network)
            .loss(new CrossEntropyLoss().labelSmoothing(r.labelSmoothing()))
            .optimizer(r.optimizer().create(r.lr(), r.weightDecay()))
            .metric(accuracy())
            .scheduleSteps(r.schedule(data.train().size()))
            .epochs(r.epochs())
            .batchSize(r.batchSize())
            .captureSteps(true)
            .seed(run.seed())
            .on(best, new CsvLog(folder.log()));
    if (r.ema() > 0) {
      AveragedModel.AvgFn fn = AveragedModel.getEmaAvgFn(r.ema());
      trainer.average(new AveragedModel(network).avgFn(fn).useBuffers(true));
    }
    if (setup.patience() > 0) {
      trainer.on(new EarlyStopping(setup.patience()));
    }
    return trainer;
  }

  private Dataset augmented() {
    return setup.recipe().augmentation().apply(data.train(), setup.model());
  }

  /** Says what there is of the model when a run ends before its time. */
  private String kept(BestModel best) {
    if (best.bestEpoch() > 0) {
      return "the best model, of epoch " + best.bestEpoch() + ", is " + folder.weights();
    }
    return Files.exists(folder.weights())
        ? "no epoch was finished; the weights so far are " + folder.weights()
        : "no epoch was finished, and no weights were saved";
  }
}
