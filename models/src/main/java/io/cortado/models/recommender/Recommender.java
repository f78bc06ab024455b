package io.cortado.models.recommender;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.loss.MSELoss;
import io.cortado.metrics.Metrics;
import io.cortado.models.Figures;
import io.cortado.models.OnnxModel;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.Suggestions;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.RatingDataSet;
import io.cortado.models.data.Ratings;
import io.cortado.models.data.RowSplit;
import io.cortado.optim.Adam;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.train.CsvLog;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Learns from ratings which item a user will like: see {@link RatingModel}.
 *
 * <p>Trained by the squared error and a ridge, {@code sum (r - rating)^2 + bias ridge sum b^2 +
 * factor ridge sum (|p|^2 + |q|^2)}. Of the ratings a fifth tests. A tenth of all validates: a
 * first training on the remaining seven tenths finds the number of epochs, a second one takes eight
 * tenths and as many epochs.
 */
public final class Recommender implements ZooModel, Predictor, OnnxModel {

  private static final List<String> FORMS = List.of("mf", "neural");
  private static final int BATCH = 512;
  private static final double LR = 1e-2;
  static final double BIAS_RIDGE = 8;

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description = "mf (matrix factorization) or neural (default: ${DEFAULT-VALUE}).")
  private String form = "neural";

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "Ratings: insteval or tastes, which are made up (default: ${DEFAULT-VALUE}).")
  private String data = "insteval";

  @Option(
      names = "--ratings",
      paramLabel = "FILE",
      description = "Ratings of your own: MovieLens's ratings.csv or u.data.")
  private @Nullable Path file;

  @Option(
      names = "--factors",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers that describe a user or an item (default: ${DEFAULT-VALUE}).")
  private int width = 8;

  @Option(
      names = "--factor-ridge",
      paramLabel = "X",
      converter = Values.LearningRate.class,
      description = "How strongly these are kept small (default: 10 for mf, 40 for neural).")
  private @Nullable Double factorRidge;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Passes over the ratings, at most (default: 40 for mf, 6 for neural).")
  private @Nullable Integer epochs;

  @Override
  public String name() {
    return "recommender";
  }

  @Override
  public String description() {
    return "recommender: embeddings of users and items, multiplied or given to a network";
  }

  @Override
  public List<Trial> trials() {
    String rivals = "1.2058 by a tuned SVD, 1.2216 by biases, on the same splits";
    return List.of(
        Trial.of(
            "Factorization on InstEval", "--form mf", "test RMSE", Goal.atMost(1.2058), 3, rivals),
        Trial.of(
            "Neural on InstEval", "--form neural", "test RMSE", Goal.atMost(1.2058), 3, rivals));
  }

  @Override
  public List<Trial> quickTrials() {
    String mf = "--data tastes --form mf --factor-ridge 3 --epochs 20";
    return List.of(
        Trial.floor("Factorization of made-up tastes", mf, "test RMSE", Goal.atMost(0.6)));
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public Figures train(Run run) throws IOException {
    if (!FORMS.contains(form)) {
      throw Suggestions.unknown("form", form, FORMS);
    }
    Ratings r =
        file == null
            ? DataSets.get(RatingDataSet.class, data).ratings(run.data())
            : Ratings.read(file);
    RowSplit split = RowSplit.of(r.size(), run.seed(), 0.2, 0.1);
    int[] both = split.learnt();
    run.folder().create();
    run.line(
        "data",
        "%s: %,d ratings, %,d users, %,d items; %,d test, %,d validate",
        r.source(),
        r.size(),
        r.userNames().size(),
        r.itemNames().size(),
        split.test().length,
        split.validation().length);
    run.kept(() -> "no weights were saved");
    RatingModel first = model(run, r, both);
    TrainingResult found =
        run.watch(trainer(run, first, split.train().length).epochs(epochs()), "ratings", "search")
            .metric(Metrics.rmse())
            .on(new CsvLog(run.folder().log()))
            .fit(r.dataset(split.train()), r.dataset(split.validation()));
    if (found.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    int best = Math.max(1, found.bestEpoch());
    run.say("best epoch %d, by validation; now with the validation ratings, too", best);
    RatingModel model = model(run, r, both);
    TrainingResult again =
        run.watch(trainer(run, model, both.length).epochs(best), "ratings", "final")
            .fit(r.dataset(both));
    if (again.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    Descriptions.save(run.folder().weights(), model, r, both, shape(r, both));
    return new RatingReport(run, r, both, split.test()).write(model, form, width, found);
  }

  private int epochs() {
    return epochs != null ? epochs : form.equals("mf") ? 40 : 6;
  }

  private RatingModel.Shape shape(Ratings r, int[] rows) {
    return RatingModel.Shape.of(form.equals("neural"), width, r, rows);
  }

  private RatingModel model(Run run, Ratings r, int[] rows) {
    RatingModel model = new RatingModel(shape(r, rows));
    model.init(run.device(), run.seed());
    return model;
  }

  private Trainer trainer(Run run, RatingModel model, int ratings) {
    double ridge = factorRidge != null ? factorRidge : form.equals("mf") ? 10 : 40;
    // The loss is a mean over the ratings, the ridge is of their sum.
    double scale = 2.0 / ratings;
    return Trainer.of(model, model::forward)
        .loss(new MSELoss())
        .optimizer(
            new Adam(LR)
                .weightDecay(1e-4)
                .group(model::isBias, LR, BIAS_RIDGE * scale)
                .group(model::isFactor, LR, ridge * scale))
        .scheduleSteps(new CosineAnnealingLR((long) epochs() * ((ratings + BATCH - 1) / BATCH)))
        .batchSize(BATCH)
        .captureSteps(true)
        .seed(run.seed());
  }

  @Override
  public Set<String> questions() {
    return Set.of("--user", "--top");
  }

  @Override
  public void answer(Question question) {
    TopItems.answer(question);
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    RatingExport.write(weights, model, device, onnx);
  }
}
