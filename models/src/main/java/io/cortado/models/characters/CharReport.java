package io.cortado.models.characters;

import io.cortado.models.EpochWords;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.train.EpochResult;
import io.cortado.train.Evaluation;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * Says what a training came to, draws it, and lets the network write.
 *
 * @param title what the curve is called
 */
record CharReport(Run run, String title) {

  private static final int SAMPLE = 600;
  private static final double TEMPERATURE = 0.8;

  /**
   * Writes the files.
   *
   * @param check what the last weights came to in validation
   */
  Figures write(Writer writer, TrainingResult result, Evaluation check) throws IOException {
    List<EpochResult> history = result.history();
    CurvePicture.write(
        run.folder().curve(),
        title,
        CurvePicture.Panel.ofLoss("nats for a character", history, loss -> loss));
    String sample = writer.write("", SAMPLE, TEMPERATURE, run.seed());
    Files.writeString(run.file("sample.txt"), sample);
    run.say("%nvalidation loss  %.4f nats for a character%n%n%s%n", check.loss(), sample);
    run.saved(run.folder().weights(), new EpochWords(result).lastWeights());
    run.saved(run.folder().curve(), "the loss over the epochs");
    run.saved(run.file("sample.txt"), "what the network writes");
    Figures figures = Figures.of("validation loss", check.loss());
    return history.isEmpty() ? figures : figures.and("training loss", history.getLast().loss());
  }
}
