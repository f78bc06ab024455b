package io.cortado.models.autoencoder;

import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Row;
import io.cortado.models.EpochWords;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.analysis.Clusters;
import io.cortado.models.analysis.KMeans;
import io.cortado.models.analysis.Pca;
import io.cortado.models.data.ImageInfo;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.models.pictures.ImageRows;
import io.cortado.models.pictures.ImageRows.ImageRow;
import io.cortado.models.pictures.ScatterPicture;
import io.cortado.train.EpochResult;
import io.cortado.train.Inference;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures an autoencoder on test images beside principal components, and draws what it makes. */
record CodeReport(Run run, CodedNetwork network, ImageInfo info, Pca pca) {

  private static final int SHOWN = 12;

  /** Points that a plane can take before they cover each other. */
  private static final int MOST_POINTS = 4000;

  private static final int BATCH = 500;

  /**
   * Writes the pictures and tells the figures.
   *
   * @param what model and data, for titles
   * @param test what goes in and what should come out
   * @param classes of the test images, which the network never saw
   */
  Figures write(String what, TrainingResult result, Dataset test, int[] classes)
      throws IOException {
    float[] in = all(test, Field.INPUTS);
    float[] wanted = all(test, Field.LABELS);
    network.eval();
    float[] out = Inference.predict(network, test, BATCH).values();
    float[] code =
        Inference.predict(network, b -> network.encoder().forward(b.inputs()), test, BATCH)
            .values();
    float[] linear = pca.reconstruct(in);
    double mse = mse(out, wanted);
    double ofPca = mse(linear, wanted);
    Figures figures =
        Figures.of("test MSE", mse).and("PCA's MSE", ofPca).and("MSE / PCA's", mse / ofPca);
    EpochWords words = new EpochWords(result);
    run.say("best epoch     %s", words.best("validation loss"));
    run.say("test MSE       %.5f, by %d principal components %.5f", mse, pca.count(), ofPca);
    boolean noisy = !Arrays.equals(in, wanted);
    if (noisy) {
      figures = figures.and("noisy MSE", mse(in, wanted));
      run.say("noisy images   %.5f", figures.get("noisy MSE"));
    }
    figures = clusters(figures, code, wanted, classes);
    draw(what, in, out, linear, wanted, noisy);
    curve(what, result.history());
    if (pca.count() == 2) {
      plane(what, code, classes);
    }
    run.saved(run.file("weights.safetensors"), words.bestWeights());
    return figures;
  }

  private Figures clusters(Figures figures, float[] code, float[] pixels, int[] classes) {
    int n = info.classes();
    int[] byCode = KMeans.cluster(run.device(), code, pca.count(), n, run.seed());
    int[] byPixels =
        KMeans.cluster(run.device(), pixels, pixels.length / classes.length, n, run.seed());
    Clusters ofCode = Clusters.compare(byCode, classes);
    Clusters ofPixels = Clusters.compare(byPixels, classes);
    run.say("%d clusters of the code    purity %.3f, NMI %.3f", n, ofCode.purity(), ofCode.nmi());
    run.say(
        "%d clusters of the pixels  purity %.3f, NMI %.3f", n, ofPixels.purity(), ofPixels.nmi());
    return figures
        .and("code's purity", ofCode.purity())
        .and("code's NMI", ofCode.nmi())
        .and("pixels' purity", ofPixels.purity())
        .and("pixels' NMI", ofPixels.nmi());
  }

  private static double mse(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) a[i] - b[i];
      sum += d * d;
    }
    return sum / a.length;
  }

  private void draw(
      String what, float[] in, float[] out, float[] linear, float[] wanted, boolean noisy)
      throws IOException {
    List<ImageRow> rows = new ArrayList<>();
    if (noisy) {
      rows.add(row("noisy", in));
    }
    rows.add(row(noisy ? "clean" : "test image", wanted));
    rows.add(row(noisy ? "denoised" : "autoencoder", out));
    rows.add(row("%d components".formatted(pca.count()), linear));
    ImageRows.write(
        run.file("reconstructions.png"),
        "Test images of " + what,
        rows,
        info.width(),
        info.height());
    run.saved(run.file("reconstructions.png"), "test images and what becomes of them");
  }

  private ImageRow row(String name, float[] pixels) {
    int shown = SHOWN * info.width() * info.height();
    return new ImageRow(name, Arrays.copyOf(pixels, Math.min(shown, pixels.length)));
  }

  private void curve(String what, List<EpochResult> history) throws IOException {
    CurvePicture.write(
        run.folder().curve(),
        "Autoencoder of " + what,
        CurvePicture.Panel.ofLoss("mean squared error", history, loss -> loss));
    run.saved(run.file("curve.png"), "the error over the epochs");
  }

  private void plane(String what, float[] code, int[] classes) throws IOException {
    int n = Math.min(MOST_POINTS, classes.length);
    ScatterPicture.write(
        run.file("code.png"),
        "The codes of %,d test images of %s".formatted(n, what),
        "first number of the code",
        "second number of the code",
        ScatterPicture.Colors.DISTINCT,
        ScatterPicture.byClass(code, Arrays.copyOf(classes, n), info.classNames()));
    run.saved(run.file("code.png"), "the codes as a plane, coloured by class");
  }

  /** Returns a field of all samples. */
  static float[] all(Dataset set, String field) {
    int size = set.field(field).size();
    int f = set.fields().indexOf(set.field(field));
    float[] values = new float[set.size() * size];
    Row row = Row.of(set);
    for (int i = 0; i < set.size(); i++) {
      set.read(i, row.at(0, 0, i));
      System.arraycopy(row.floats(f), row.offset(f), values, i * size, size);
    }
    return values;
  }
}
