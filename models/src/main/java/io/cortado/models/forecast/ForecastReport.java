package io.cortado.models.forecast;

import io.cortado.models.EpochWords;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.analysis.LeastSquares;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.models.pictures.SeriesPicture;
import io.cortado.nn.Layer;
import io.cortado.train.Inference;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Measures a forecaster on the test part, beside persistence and linear autoregression. */
record ForecastReport(Run run, Windows windows) {

  /** More values than these would cover each other in a picture. */
  private static final int SHOWN = 160;

  Figures write(Layer network, TrainingResult result) throws IOException {
    int from = windows.test();
    int to = windows.series().values().length;
    network.eval();
    float[] said = Inference.predict(network, windows.dataset(from, to), 256).values();
    LeastSquares linear =
        LeastSquares.fit(
            windows.before(windows.length(), windows.validation()),
            windows.wanted(windows.length(), windows.validation()));
    double[] lstm = new double[to - from];
    Arrays.setAll(lstm, i -> windows.value(from + i, said[i]));
    double[] line = linear.predict(windows.before(from, to));
    Arrays.setAll(line, i -> windows.value(from + i, line[i]));
    double[] same = new double[to - from];
    Arrays.setAll(same, i -> windows.value(from + i, 0));
    double[] truth = Arrays.copyOfRange(windows.series().values(), from, to);
    double ours = rmse(lstm, truth);
    double ofLine = rmse(line, truth);
    double ofSame = rmse(same, truth);
    run.say("best epoch   %s", new EpochWords(result).best("validation loss"));
    run.say("test RMSE    %.4f, linear %.4f, persistence %.4f", ours, ofLine, ofSame);
    SeriesPicture.write(
        run.file("forecast.png"),
        "The end of %s, each value said from the %d before it"
            .formatted(windows.series().name(), windows.length()),
        windows.series().what(),
        end(Arrays.copyOfRange(windows.series().times(), from, to)),
        List.of(
            new SeriesPicture.Line("measured", end(truth)),
            new SeriesPicture.Line("LSTM, RMSE %.3g".formatted(ours), end(lstm)),
            new SeriesPicture.Line("linear, RMSE %.3g".formatted(ofLine), end(line))));
    CurvePicture.write(
        run.folder().curve(),
        "LSTM on " + windows.series().name(),
        CurvePicture.Panel.ofLoss("mean squared error", result.history(), loss -> loss));
    run.saved(run.file("forecast.png"), "what was said of the test part, and what came");
    run.saved(run.file("curve.png"), "the loss over the epochs");
    return Figures.of("test RMSE", ours)
        .and("linear RMSE", ofLine)
        .and("persistence RMSE", ofSame)
        .and("RMSE / linear", ours / ofLine)
        .and("RMSE / persistence", ours / ofSame);
  }

  private static double rmse(double[] said, double[] truth) {
    double sum = 0;
    for (int i = 0; i < said.length; i++) {
      sum += (said[i] - truth[i]) * (said[i] - truth[i]);
    }
    return Math.sqrt(sum / said.length);
  }

  private static double[] end(double[] values) {
    return Arrays.copyOfRange(values, Math.max(0, values.length - SHOWN), values.length);
  }
}
