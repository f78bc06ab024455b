package io.cortado.models.characters;

import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.pictures.CurvePicture;
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
   * @param history of each epoch, the loss of training and of validation
   */
  Figures write(Writer writer, List<double[]> history) throws IOException {
    double[] last = history.getLast();
    CurvePicture.write(
        run.folder().curve(),
        title,
        new CurvePicture.Panel(
            "nats for a character",
            history.stream().mapToDouble(h -> h[0]).toArray(),
            history.stream().mapToDouble(h -> h[1]).toArray()));
    String sample = writer.write("", SAMPLE, TEMPERATURE, run.seed());
    Files.writeString(run.file("sample.txt"), sample);
    run.say("%nvalidation loss  %.4f nats for a character%n%n%s%n", last[1], sample);
    run.saved(run.folder().weights(), "the weights of the last epoch");
    run.saved(run.folder().curve(), "the loss over the epochs");
    run.saved(run.file("sample.txt"), "what the network writes");
    return Figures.of("validation loss", last[1]).and("training loss", last[0]);
  }
}
