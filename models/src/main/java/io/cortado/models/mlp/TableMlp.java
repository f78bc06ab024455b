package io.cortado.models.mlp;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.loss.Loss;
import io.cortado.loss.MSELoss;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.classify.Augmentation;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.classify.OptimizerKind;
import io.cortado.models.classify.Recipe;
import io.cortado.nn.Sequential;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.train.CsvLog;
import io.cortado.train.EarlyStopping;
import io.cortado.train.Inference;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/**
 * Tells numbers, classes or labels from the rows of a table by fully connected layers.
 *
 * <p>{@link DenseNet} is the network, {@link Coding} how targets and outputs are meant. Of the rows
 * a fifth tests. A fifth validates: a first training on the remaining three fifths finds the number
 * of epochs and the threshold of a decision; a second one takes four fifths and as many epochs, and
 * is what is tested. Without {@code --task} it is the classifier of pictures {@link Mlp}.
 */
public final class TableMlp extends ImageClassifier implements Predictor {

  private static final int PREDICTED_AT_ONCE = 512;

  @Mixin private TableOptions options = new TableOptions();

  /** Makes the zoo's model. */
  public TableMlp() {
    super(Mlp.entry(), MlpTrials.FULL, MlpTrials.QUICK);
  }

  @Override
  public Figures train(Run run) throws IOException {
    Task task = options.task();
    if (task == null) {
      if (data() != null && TaskData.isTable(data())) {
        throw new InputException(
            data()
                + " is a table; say by --task what is told of its rows, --task multiclass maybe");
      }
      return super.train(run);
    }
    if (variant() != null) {
      throw new InputException("--variant is for pictures; leave out --task, or --variant");
    }
    List<Coding> codings = options.codings(task);
    DenseNet net = options.net(task);
    String name = data() == null ? task.data() : data();
    TaskData data = options.read(task, name, run);
    Recipe recipe = recipe(recipe(data.split().train().length));
    run.folder().create();
    run.line("task", "%s by %s", task.label(), net);
    run.line("data", "%s", data.describe());
    run.line("recipe", "%s", recipe.withoutImages());
    run.kept(() -> "no weights were saved");
    TaskReport report = new TaskReport(run, data);
    for (Coding coding : codings) {
      TaskReport.Outcome outcome = compare(run, data, coding, net, recipe);
      if (run.stopped()) {
        return Figures.NONE;
      }
      report.add(outcome);
    }
    return report.write(new TableWeights(net, codings.getFirst(), data));
  }

  /** Finds the number of epochs, then trains with the validation rows, too. */
  private TaskReport.Outcome compare(
      Run run, TaskData data, Coding coding, DenseNet net, Recipe recipe) throws IOException {
    int[] learn = data.split().train();
    int[] check = data.split().validation();
    Sequential first = network(run, data, coding, net);
    Trainer trainer = trainer(run, data, coding, first, recipe, learn, "search");
    trainer.on(new CsvLog(run.file(coding.label() + ".csv")));
    if (patience() > 0) {
      trainer.on(new EarlyStopping(patience()));
    }
    TrainingResult found = trainer.fit(data.dataset(coding, learn), data.dataset(coding, check));
    float[] validation = predict(first, data, coding, check);
    int best = Math.max(1, found.bestEpoch());
    run.say("%s: best epoch %d; now with the validation rows, too", coding.label(), best);
    int[] both = IntStream.concat(Arrays.stream(check), Arrays.stream(learn)).toArray();
    Sequential network = network(run, data, coding, net);
    if (found.stoppedBy() != StopReason.REQUESTED) {
      trainer(run, data, coding, network, recipe, both, "final")
          .epochs(best)
          .fit(data.dataset(coding, both));
    }
    float[] test = predict(network, data, coding, data.split().test());
    return new TaskReport.Outcome(coding, network, best, found.history(), validation, test);
  }

  private static Sequential network(Run run, TaskData data, Coding coding, DenseNet net) {
    Sequential network = net.build(data.table().inputs().size(), data.outputs(), coding.end());
    network.init(run.device(), run.seed());
    return network;
  }

  /** Returns a trainer whose learning rate falls to 0 at the last of all the recipe's epochs. */
  private Trainer trainer(
      Run run,
      TaskData data,
      Coding coding,
      Sequential network,
      Recipe r,
      int[] rows,
      String part) {
    int batch = Math.min(r.batchSize(), rows.length);
    long steps = (long) r.epochs() * ((rows.length + batch - 1) / batch);
    return run.watch(
        Trainer.of(network)
            .loss(loss(coding, options.weights() ? data.balance() : null))
            .optimizer(r.optimizer().create(r.lr(), r.weightDecay()))
            .scheduleSteps(new CosineAnnealingLR(steps))
            .epochs(r.epochs())
            .batchSize(batch)
            .captureSteps(true)
            .seed(run.seed()),
        "rows",
        coding.label() + "-" + part);
  }

  private static Loss loss(Coding coding, float @Nullable [] balance) {
    return switch (coding.loss()) {
      case "ce" ->
          balance == null ? new CrossEntropyLoss() : new CrossEntropyLoss().weight(balance);
      case "bce" ->
          balance == null ? new BCEWithLogitsLoss() : new BCEWithLogitsLoss().posWeight(balance);
      default -> new MSELoss();
    };
  }

  private static float[] predict(Sequential network, TaskData data, Coding coding, int[] rows) {
    return Inference.predict(network, data.dataset(coding, rows), PREDICTED_AT_ONCE).values();
  }

  /** Chosen by validation: weights of a small set are drawn to zero as strongly as it takes. */
  private static Recipe recipe(int rows) {
    int epochs = rows < 1000 ? 100 : 40;
    return rows < 10_000
        ? new Recipe(OptimizerKind.ADAMW, 3e-3, 1, epochs, 32, Augmentation.NONE)
        : new Recipe(OptimizerKind.ADAMW, 1e-3, 0.01, 15, 128, Augmentation.NONE);
  }

  @Override
  public boolean answers(ModelDescription model) {
    return TableWeights.describedBy(model);
  }

  @Override
  public Set<String> questions() {
    return Set.of("--rows");
  }

  @Override
  public void answer(Question question) {
    TableWeights.of(question.model(), question.weights().toString()).answer(question);
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    if (answers(model)) {
      TableExport.write(weights, model, device, onnx);
    } else {
      super.export(weights, model, device, onnx);
    }
  }
}
