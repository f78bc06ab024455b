package io.cortado.models.mlp;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.classify.Augmentation;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.classify.OptimizerKind;
import io.cortado.models.classify.Recipe;
import io.cortado.models.data.RowFolds;
import io.cortado.nn.Sequential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;

/**
 * Tells numbers, classes or labels from the rows of a table by fully connected layers.
 *
 * <p>Beside it stand {@link DenseNet}, the network; {@link TableOptions}, what a training can be
 * told; {@link Coding}, how targets and outputs are meant; {@link TableTrainer}, the training;
 * {@link TaskReport}, the measurement; {@link TableWeights}, what tells new rows. Of the rows a
 * fifth tests. On the others an {@link EpochSearch} finds the number of epochs and the threshold of
 * a decision; a last training takes all four fifths and as many epochs, and is what is tested.
 * Without {@code --task} it is the classifier of pictures {@link Mlp}.
 */
public final class TableMlp extends ImageClassifier implements Predictor {

  private static final Recipe LARGE =
      new Recipe(OptimizerKind.ADAMW, 1e-3, 0.01, 15, 128, Augmentation.NONE);

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
    checkNoPictureOption();
    List<Coding> chosen = options.codings(task);
    DenseNet net = options.net(task);
    String name = data() == null ? task.data() : data();
    TaskData data = options.read(task, name, run);
    Recipe recipe = recipe(data.isSmall() ? small(data) : LARGE);
    List<Coding> codings = options.smoothed(chosen, data, labelSmoothing());
    RowFolds folds = options.folds(data, run.seed());
    run.folder().create();
    run.line("task", "%s by %s", task.label(), net);
    run.line("data", "%s", data.describe(folds.folds().size()));
    run.line("recipe", "%s", recipe.withoutImages());
    run.keptWeights();
    TaskReport report = new TaskReport(run, data);
    TableTrainer tables = new TableTrainer(run, net, recipe, options.weights(), patience());
    EpochSearch search = EpochSearch.of(tables, data, folds);
    for (Coding coding : codings) {
      TaskReport.Outcome outcome = compare(tables, search, coding);
      if (run.stopped()) {
        return Figures.NONE;
      }
      report.add(outcome);
    }
    return report.write(net);
  }

  /** Finds the number of epochs, then trains on all rows but the test's. */
  private static TaskReport.Outcome compare(TableTrainer tables, EpochSearch search, Coding coding)
      throws IOException {
    Run run = tables.run();
    EpochSearch.Found found = search.find(coding);
    TaskData data = found.data();
    Sequential network = tables.network(data, coding);
    if (!run.stopped()) {
      String best = found.history().isEmpty() ? "none, no epoch was finished" : "" + found.epochs();
      run.say("%s: best epoch %s; now with the validation rows, too", coding.label(), best);
      int[] rows = found.rows();
      tables
          .trainer(data, coding, network, rows.length, "final")
          .epochs(found.epochs())
          .fit(data.dataset(coding, rows));
    }
    float[] test = TableTrainer.predict(network, data.dataset(coding, data.split().test()));
    return new TaskReport.Outcome(coding, data, network, found.threshold(), found.history(), test);
  }

  /** Chosen by validation: weights of a small set are drawn to zero as strongly as it takes. */
  private static Recipe small(TaskData data) {
    int epochs = data.split().train().length < 1000 ? 100 : 40;
    return new Recipe(OptimizerKind.ADAMW, 3e-3, 1, epochs, 32, Augmentation.NONE);
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
