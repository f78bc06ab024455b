package io.cortado.models.progress;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.metrics.Metrics.accuracy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.optim.SGD;
import io.cortado.train.Callback;
import io.cortado.train.Checkpoints;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgressBarCallbackTest {

  private static final String RESULT =
      "epoch [12]/2  loss \\d\\.\\d{4}  val_loss \\d\\.\\d{4}  val_accuracy \\d\\.\\d{4}  [\\d,]+ images/s  \\d+\\.\\d s";

  /** Trains two epochs of eight steps, each of which takes at least some time. */
  private static String train(boolean terminal, int millis, Consumer<Trainer> more) {
    StringWriter text = new StringWriter();
    Dataset set = ArrayDataset.of(new float[64], new int[32], 3, 2);
    try (Device device = Device.cpu()) {
      Layer model = sequential(linear(2, 3)).init(device, 1);
      Callback slow =
          new Callback() {
            @Override
            public void onStepEnd(TrainingContext training) {
              try {
                Thread.sleep(millis);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          };
      Trainer trainer =
          Trainer.of(model)
              .loss(crossEntropy())
              .optimizer(new SGD(0.1))
              .metric(accuracy())
              .on(slow, new ProgressBarCallback(new PrintWriter(text), terminal, "images"))
              .epochs(2)
              .batchSize(4);
      more.accept(trainer);
      trainer.fit(set, set);
    }
    return text.toString();
  }

  @Test
  void aTerminalSeesABarThatIsOverwritten() {
    String[] shown = train(true, 60, _ -> {}).split("\r");
    assertThat(shown)
        .anyMatch(s ->
            s.matches("epoch 1/2 \\[=+ *] +\\d+%  \\d+ images/s  0:0\\d left  loss \\d\\.\\d{4} *"))
        .anyMatch(s -> s.matches(RESULT + "\\R"))
        .allMatch(s -> s.strip().length() <= 100);
  }

  @Test
  void aLogFileSeesALineForEachEpoch() {
    assertThat(train(false, 0, _ -> {}).lines()).hasSize(2).allMatch(l -> l.matches(RESULT));
  }

  @Test
  void anEpochThatIsGoneOnWithCountsWhatItTrainsItself(@TempDir Path dir) {
    Callback stopsAfterSix =
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            if (training.step() == 6) {
              training.stop("enough");
            }
          }
        };
    String unused =
        train(false, 0, trainer -> trainer.on(stopsAfterSix).checkpoint(new Checkpoints(dir)));
    String[] shown =
        train(true, 60, trainer -> trainer.resume(Checkpoints.latest(dir).orElseThrow()))
            .split("\r");
    Pattern rate = Pattern.compile("epoch ([12])/2 \\[.* ([\\d,]+) images/s  0:0\\d left.*");
    Set<String> epochs = new HashSet<>();
    for (String line : shown) {
      Matcher m = rate.matcher(line);
      if (m.matches()) {
        epochs.add(m.group(1));
        // Four images in 60 ms at least.
        assertThat(Integer.parseInt(m.group(2).replace(",", ""))).as(line).isLessThan(68);
      }
    }
    assertThat(epochs).containsExactlyInAnyOrder("1", "2");
    assertThat(shown).anyMatch(line -> line.startsWith("epoch 1/2 [================"));
  }
}
