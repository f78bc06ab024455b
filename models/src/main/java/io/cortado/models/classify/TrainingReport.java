package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.models.EpochWords;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.RunFolder;
import io.cortado.models.pictures.ConfusionPicture;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.models.pictures.MisreadPicture;
import io.cortado.models.pictures.MisreadPicture.Misread;
import io.cortado.nn.Layer;
import io.cortado.train.EpochResult;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Tests a trained model, and says and draws how it did. */
final class TrainingReport {

  private final ImageModel model;
  private final Views views;
  private final String title;
  private final Run run;
  private final RunFolder folder;
  private final PrintWriter out;

  TrainingReport(ImageModel model, Views views, Run run) {
    this.model = model;
    this.views = views;
    this.title =
        "%s (%s) on %s, seed %d"
            .formatted(model.model(), model.variant(), model.data(), run.seed());
    this.run = run;
    this.folder = run.folder();
    this.out = run.out();
  }

  Figures write(Layer network, TrainingData data, TrainingResult result, double[] trainingAccuracy)
      throws IOException {
    Dataset test = data.test();
    TestResult once = TestResult.of(network, test);
    TestResult tested =
        views == Views.ONE ? once : TestResult.of(network, views.of(data.wholeTest(), model));
    out.println();
    EpochWords words = new EpochWords(result);
    out.println("best epoch     " + words.best("validation accuracy"));
    if (views != Views.ONE) {
      out.print(Reports.accuracy(once));
      out.printf("by the mean of %d views of each picture:%n", views.count());
    }
    out.println(Reports.accuracy(tested));
    out.println(ConfusionTable.of(tested.confusion(), model.classes()));
    out.flush();
    drawCurves(result.history(), trainingAccuracy);
    ConfusionPicture.write(
        folder.confusion(),
        String.format(Locale.ROOT, "%s: %.2f %% right", title, 100 * tested.accuracy()),
        tested.confusion(),
        model.classes());
    drawMisread(test, tested);
    out.println("saved in " + folder.path());
    run.saved(folder.weights(), words.bestWeights());
    run.saved(folder.log(), "a line for each epoch");
    run.saved(folder.curve(), "loss and accuracy over the epochs");
    run.saved(folder.confusion(), "the confusion matrix");
    run.saved(folder.misread(), "test images that were misread");
    NetworkPictures.write(run, model, network, test);
    Figures figures = Figures.of("test accuracy", tested.accuracy());
    return views == Views.ONE ? figures : figures.and("test accuracy, one view", once.accuracy());
  }

  private void drawCurves(List<EpochResult> history, double[] trainingAccuracy) throws IOException {
    CurvePicture.write(
        folder.curve(),
        title,
        CurvePicture.Panel.ofLoss("loss", history, loss -> loss),
        new CurvePicture.Panel(
            "accuracy",
            trainingAccuracy,
            history.stream().mapToDouble(e -> e.value("val_accuracy")).toArray()));
  }

  private void drawMisread(Dataset test, TestResult tested) throws IOException {
    int wrong = tested.misread().size();
    List<Misread> pictures = MisreadImages.of(model, test, tested);
    MisreadPicture.write(
        folder.misread(),
        wrong > pictures.size()
            ? "The surest %d of %,d misread test images".formatted(pictures.size(), wrong)
            : "All %d misread test images".formatted(wrong),
        pictures);
  }
}
