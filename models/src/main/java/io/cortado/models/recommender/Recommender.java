package io.cortado.models.recommender;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.loss.MSELoss;
import io.cortado.metrics.Metrics;
import io.cortado.models.EpochWords;
import io.cortado.models.Figures;
import io.cortado.models.OnnxModel;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.ZooModel;
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
import picocli.CommandLine.Mixin;

/**
 * Learns from ratings which item a user will like.
 *
 * <p>Trained by the squared error and a ridge, {@code sum (r - rating)^2 + bias ridge sum b^2 +
 * factor ridge sum (|p|^2 + |q|^2)}. Of the ratings a fifth tests. A tenth of all validates: a
 * first training on the remaining seven tenths finds the number of epochs, a second one takes eight
 * tenths and as many epochs.
 *
 * <p>Beside it stand {@link RatingModel}, the network; {@link RatingOptions}, what a training can
 * be told; {@link RatingReport}, the measurement; {@link TopItems}, the answers.
 */
public final class Recommender implements ZooModel, Predictor, OnnxModel {

  private static final int BATCH = 512;
  private static final double LR = 1e-2;
  static final double BIAS_RIDGE = 8;

  @Mixin private RatingOptions options = new RatingOptions();

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
    Ratings r = options.ratings(run.data());
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
    run.keptWeights();
    RatingModel first = model(run, r, both);
    TrainingResult found =
        run.watch(
                trainer(run, first, split.train().length).epochs(options.epochs()),
                "ratings",
                "search")
            .metric(Metrics.rmse())
            .on(new CsvLog(run.folder().log()))
            .fit(r.dataset(split.train()), r.dataset(split.validation()));
    if (found.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    int best = Math.max(1, found.bestEpoch());
    run.say("best epoch %s", new EpochWords(found).best("validation"));
    run.say("now with the validation ratings, too");
    RatingModel model = model(run, r, both);
    TrainingResult again =
        run.watch(trainer(run, model, both.length).epochs(best), "ratings", "final")
            .fit(r.dataset(both));
    if (again.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    Descriptions.save(run.folder().weights(), model, r, both, shape(r, both));
    return new RatingReport(run, r, both, split.test())
        .write(model, options.form, options.width, found);
  }

  private RatingModel.Shape shape(Ratings r, int[] rows) {
    return RatingModel.Shape.of(!options.isFactorization(), options.width, r, rows);
  }

  private RatingModel model(Run run, Ratings r, int[] rows) {
    RatingModel model = new RatingModel(shape(r, rows));
    model.init(run.device(), run.seed());
    return model;
  }

  private Trainer trainer(Run run, RatingModel model, int ratings) {
    // The loss is a mean over the ratings, the ridge is of their sum.
    double scale = 2.0 / ratings;
    return Trainer.of(model, model::forward)
        .loss(new MSELoss())
        .optimizer(
            new Adam(LR)
                .weightDecay(1e-4)
                .group(model::isBias, LR, BIAS_RIDGE * scale)
                .group(model::isFactor, LR, options.ridge() * scale))
        .scheduleSteps(
            new CosineAnnealingLR((long) options.epochs() * ((ratings + BATCH - 1) / BATCH)))
        .batchSize(BATCH)
        .prefetch(0) // ratings are in memory, and steps too short to wait for another thread
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
