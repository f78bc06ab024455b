package io.cortado.train;

import io.cortado.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a line for each epoch into a file of comma-separated values: epoch, every value of {@link
 * EpochResult}, learning rate, samples per second, seconds.
 *
 * <p>The file is replaced as a whole after each epoch, so it holds whole lines whatever happens. A
 * number that is NaN is left empty.
 */
public final class CsvLog implements Resumable {

  private final Path file;
  private final StringBuilder text = new StringBuilder();
  private boolean restored;

  /** Makes a log; the file's folder is made if need be, and a file that is there is replaced. */
  public CsvLog(Path file) {
    this.file = file;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    BestModel.createFolder(file);
    if (!restored) {
      text.setLength(0);
      text.append("epoch");
      training.valueNames().forEach(name -> text.append(',').append(name));
      text.append(",lr,samples_per_second,seconds\n");
    }
    restored = false;
    write();
  }

  @Override
  public Map<String, String> state() {
    return Map.of("text", text.toString());
  }

  @Override
  public void restore(Map<String, String> state) {
    text.setLength(0);
    text.append(new StateTexts("the state of csvLog", state).text("text"));
    restored = true;
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    text.append(result.epoch());
    training.valueNames().forEach(name -> cell(result.value(name)));
    cell(result.lr());
    cell((float) (result.samples() / result.trainSeconds()));
    cell((float) result.seconds());
    text.append('\n');
    write();
  }

  private void cell(double value) {
    text.append(',');
    if (!Double.isNaN(value)) {
      text.append(value);
    }
  }

  private void cell(float value) {
    text.append(',').append(value);
  }

  private void write() {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
