package io.cortado.models.forecast;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.io.ModelDescription;
import io.cortado.loss.MSELoss;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.OnnxModel;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.data.Series;
import io.cortado.nn.LSTM;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.nn.RNNOptions;
import io.cortado.optim.Adam;
import io.cortado.train.BestModel;
import io.cortado.train.CsvLog;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * A long short-term memory that reads the last values of a series and says the next one.
 *
 * <p>It is measured beside persistence, which says that the next value is the last one, and beside
 * linear autoregression (G. U. Yule, "On a method of investigating periodicities in disturbed
 * series, with special reference to Wolfer's sunspot numbers", 1927), which is fitted to the same
 * windows by least squares. The first 70 % of the values are for training, the next 10 % choose the
 * best epoch, the last 20 % are the test.
 */
public final class Forecast implements ZooModel, OnnxModel {

  private static final int BATCH = 16;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "sunspots or co2 (default: ${DEFAULT-VALUE}).")
  private String data = "sunspots";

  @Option(
      names = "--window",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many values are read (default: ${DEFAULT-VALUE}).")
  private int window = 24;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers in the state (default: ${DEFAULT-VALUE}).")
  private int hidden = 32;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How often the values are seen (default: ${DEFAULT-VALUE}).")
  private int epochs = 100;

  @Option(
      names = "--lr",
      paramLabel = "LR",
      converter = Values.LearningRate.class,
      description = "The learning rate (default: ${DEFAULT-VALUE}).")
  private double lr = 3e-3;

  /** Reads a window {@code [batch, values, 1]}, and says a number of what its end has become. */
  static final class Network extends Layer {

    final LSTM lstm;
    final Linear next;

    Network(int hidden) {
      lstm = child("lstm", new LSTM(1, hidden, RNNOptions.DEFAULTS.batchFirst(true)));
      next = child("next", new Linear(hidden, 1));
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor last = lstm.forward(x).slice(1, x.dim(1) - 1, x.dim(1));
      return next.forward(last.reshape(x.dim(0), -1));
    }
  }

  @Override
  public String name() {
    return "forecast";
  }

  @Override
  public String description() {
    return "long short-term memory that says a series' next value, beside persistence and a linear model";
  }

  @Override
  public List<Trial> trials() {
    return List.of(
        trial("LSTM on sunspots", "--data sunspots"),
        trial("LSTM on CO2", "--data co2 --window 60"));
  }

  private static Trial trial(String title, String arguments) {
    String reference = "1: linear autoregression on the same windows";
    return Trial.of(title, arguments, "RMSE / linear", Goal.atMost(1), 3, reference);
  }

  @Override
  public List<Trial> quickTrials() {
    Goal floor = Goal.atMost(0.9);
    return List.of(Trial.floor("LSTM on sunspots", "--epochs 30", "RMSE / persistence", floor));
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public boolean takesMoreEpochs() {
    return true;
  }

  @Override
  public Figures train(Run run) throws IOException {
    Series series = Series.get(data, run.data());
    Windows windows = Windows.of(series, window);
    if (windows.validation() - window < BATCH) {
      throw new InputException(
          "--window is %d, and there are only %d values of %s for training; give a smaller one"
              .formatted(window, windows.validation(), data));
    }
    run.folder().create();
    Network network = new Network(hidden);
    network.init(run.device(), run.seed());
    int n = series.values().length;
    run.line("data", "%s: %,d values, of which %d were missing", data, n, series.filled());
    BestModel best =
        new BestModel(run.folder().weights()).describedBy(description(windows)).restoreAtEnd();
    Trainer trainer =
        Trainer.of(network)
            .loss(new MSELoss())
            .optimizer(new Adam(lr))
            .clipGradNorm(1)
            .epochs(epochs)
            .batchSize(BATCH)
            .captureSteps(true)
            .seed(run.seed())
            .on(best, new CsvLog(run.folder().log()));
    run.kept(() -> "the best weights so far are in " + run.folder().weights());
    TrainingResult result =
        run.watch(trainer, "values")
            .fit(
                windows.dataset(window, windows.validation()),
                windows.dataset(windows.validation(), windows.test()));
    return result.stoppedBy() == StopReason.REQUESTED
        ? Figures.NONE
        : new ForecastReport(run, windows).write(network, result);
  }

  private ModelDescription description(Windows windows) {
    Map<String, String> options =
        Map.of("data", data, "hidden", "" + hidden, Windows.SCALE, "" + windows.scale());
    return new ModelDescription(name(), Shape.of(window, 1), List.of(), options);
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    ForecastExport.write(weights, model, device, onnx);
  }
}
