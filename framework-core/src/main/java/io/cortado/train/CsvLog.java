package io.cortado.train;

import io.cortado.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a line for each epoch into a file of comma-separated values: epoch, every value of {@link
 * EpochResult}, learning rate, samples per second, seconds.
 *
 * <p>The file is replaced as a whole after each epoch, so it holds whole lines whatever happens. A
 * number that is NaN is left empty, and one that an epoch before a resumption did not have.
 */
public final class CsvLog implements Callback {

  private final Path file;

  /** Makes a log; the file's folder is made if need be, and a file that is there is replaced. */
  public CsvLog(Path file) {
    this.file = file;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    BestModel.createFolder(file);
    write(training);
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    write(training);
  }

  private void write(TrainingContext training) {
    StringBuilder text = new StringBuilder("epoch");
    training.valueNames().forEach(name -> text.append(',').append(name));
    text.append(",lr,samples_per_second,seconds\n");
    training.history().forEach(result -> line(training.valueNames(), result, text));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  private static void line(List<String> names, EpochResult result, StringBuilder text) {
    text.append(result.epoch());
    // A run that is resumed may have other metrics than it had.
    names.forEach(name -> cell(result.values().getOrDefault(name, Double.NaN), text));
    cell(result.lr(), text);
    cell((float) (result.samples() / result.trainSeconds()), text);
    cell((float) result.seconds(), text);
    text.append('\n');
  }

  private static void cell(double value, StringBuilder text) {
    text.append(',');
    if (!Double.isNaN(value)) {
      text.append(value);
    }
  }

  private static void cell(float value, StringBuilder text) {
    text.append(',').append(value);
  }
}
