package io.cortado.models.overfitting;

import io.cortado.data.Dataset;
import io.cortado.loss.MSELoss;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.mlp.DenseNet;
import io.cortado.models.pictures.CurveGrid;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.nn.Sequential;
import io.cortado.optim.AdamW;
import io.cortado.train.BestModel;
import io.cortado.train.Callback;
import io.cortado.train.EarlyStopping;
import io.cortado.train.EpochResult;
import io.cortado.train.Inference;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * Shows networks that learn the training rows by heart, the more so the deeper they are, and what
 * dropout, weight decay and early stopping do about it.
 *
 * <p>The loss is the mean squared error of standardized targets, so 1 is what always saying the
 * mean comes to. All trainings have the same rows. Dropout: N. Srivastava et al. (JMLR 15, 2014);
 * decoupled weight decay: I. Loshchilov, F. Hutter (ICLR 2019); early stopping: L. Prechelt, "Early
 * stopping - but when?" (1998).
 */
public final class Overfitting implements ZooModel {

  private static final int BATCH = 32;
  private static final double LR = 1e-3;
  private static final double DROPOUT = 0.5;
  private static final double DECAY = 3;
  private static final int PATIENCE = 15;
  private static final int DEEPEST = 4;
  private static final int COLUMNS = 4;

  /** Where the pictures end; higher losses are cut off. */
  private static final double TOP = 1.4;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "A table of numbers to tell (default: ${DEFAULT-VALUE}).")
  private String data = "diabetes";

  @Option(
      names = "--width",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Units of each hidden layer (default: ${DEFAULT-VALUE}).")
  private int width = 64;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Passes over the training rows (default: ${DEFAULT-VALUE}).")
  private int epochs = 150;

  /**
   * One training.
   *
   * @param name what figures and pictures call it
   * @param stops whether it stops early and goes back to its best epoch
   */
  private record Form(String name, int depth, double dropout, double decay, boolean stops) {}

  private static final List<Form> FORMS =
      List.of(
          new Form("depth 0", 0, 0, 0, false),
          new Form("depth 1", 1, 0, 0, false),
          new Form("depth 2", 2, 0, 0, false),
          new Form("depth 4", DEEPEST, 0, 0, false),
          new Form("dropout", DEEPEST, DROPOUT, 0, false),
          new Form("weight decay", DEEPEST, 0, DECAY, false),
          new Form("early stopping", DEEPEST, 0, 0, true),
          new Form("all three", DEEPEST, DROPOUT, DECAY, true));

  @Override
  public String name() {
    return "overfitting";
  }

  @Override
  public String description() {
    return "what deep networks learn by heart, and what dropout, weight decay, early stopping do";
  }

  @Override
  public List<Trial> trials() {
    return List.of(
        Trial.of(
            "Overfitting: depth 4 and all three remedies",
            "",
            "all three's test loss",
            Goal.atMost(0.53),
            5,
            "0.530 by a linear model, 0.904 by depth 4 without remedies, 1 by the mean"));
  }

  @Override
  public List<Trial> quickTrials() {
    return List.of(
        Trial.floor("Overfitting", "--epochs 60", "gain by all three", Goal.atLeast(0.05)));
  }

  @Override
  public Figures train(Run run) throws IOException {
    Parts parts = Parts.read(data, run.data(), run.seed());
    run.folder().create();
    run.kept(() -> "no picture was drawn");
    run.line("data", "%s", parts.describe());
    Figures figures = Figures.NONE;
    List<CurveGrid.Cell> cells = new ArrayList<>();
    for (Form form : FORMS) {
      Sequential network =
          new DenseNet(Collections.nCopies(form.depth, width), "relu", form.dropout)
              .build(parts.inputs(), parts.outputs());
      network.init(run.device(), run.seed());
      List<Double> learned = new ArrayList<>();
      List<EpochResult> history = fit(run, form, network, parts, learned).history();
      if (run.stopped()) {
        return Figures.NONE;
      }
      double test = loss(network, parts.test());
      figures = figures.and(form.name + "'s test loss", test);
      double[] training = learned.stream().mapToDouble(d -> d).toArray();
      double[] validation = history.stream().mapToDouble(e -> e.value("val_loss")).toArray();
      String says = String.format(Locale.ROOT, "%s: test loss %.3f", form.name, test);
      cells.add(new CurveGrid.Cell(says, new CurvePicture.Panel("loss", training, validation)));
      run.say(
          "%-34s after %3d epochs: training %s, validation %s",
          says, history.size(), last(training), last(validation));
    }
    String title = "%s: what networks learn by heart, and what helps at depth 4".formatted(data);
    CurveGrid.write(run.file("curves.png"), title, COLUMNS, TOP, cells);
    run.saved(run.file("curves.png"), "the losses of all trainings");
    return figures.and(
        "gain by all three",
        figures.get("depth 4's test loss") - figures.get("all three's test loss"));
  }

  /**
   * Trains; a form that stops early goes back to the weights of its best epoch.
   *
   * @param learned told the loss of the training rows after each epoch, without dropout
   */
  private TrainingResult fit(
      Run run, Form form, Sequential network, Parts parts, List<Double> learned)
      throws IOException {
    Trainer trainer =
        Trainer.of(network)
            .loss(new MSELoss())
            .optimizer(new AdamW(LR).weightDecay(form.decay))
            .epochs(epochs)
            .batchSize(BATCH)
            .captureSteps(true)
            .seed(run.seed())
            .on(
                new Callback() {
                  @Override
                  public void onEpochEnd(TrainingContext training, EpochResult epoch) {
                    learned.add(loss(network, parts.train()));
                  }
                });
    if (!form.stops) {
      return run.heed(trainer).fit(parts.train(), parts.validation());
    }
    Path best = Files.createTempFile("cortado-best", ".safetensors");
    try {
      trainer.on(new BestModel(best).restoreAtEnd(), new EarlyStopping(PATIENCE));
      return run.heed(trainer).fit(parts.train(), parts.validation());
    } finally {
      Files.deleteIfExists(best);
    }
  }

  private static double loss(Sequential network, Dataset rows) {
    return Inference.evaluate(network, new MSELoss(), rows, rows.size()).loss();
  }

  private static String last(double[] values) {
    return values.length == 0 ? "-" : String.format(Locale.ROOT, "%.3f", values[values.length - 1]);
  }
}
