package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.data.Dataset;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.RunFolder;
import io.cortado.models.Zoo;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
import io.cortado.models.classify.Recipe;
import io.cortado.models.classify.TrainingData;
import io.cortado.models.classify.TrainingRun;
import io.cortado.models.classify.Views;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.Mnist;
import io.cortado.nn.Layer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What {@code cortado train lenet5 --device DEVICE --out DIR} does, on a handful of images: the
 * command's own run, from the first line to the pictures. An epoch is one step, so that the log has
 * a loss for each.
 */
final class TinyTraining {

  static final int STEPS = 6;

  private static final int IMAGES = 96;

  private TinyTraining() {}

  /** The program: device and folder. */
  public static void main(String[] args) throws IOException {
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    System.exit(train(args[0], Path.of(args[1]), out));
  }

  static int train(String name, Path folder, PrintWriter out) throws IOException {
    ModelEntry entry = Zoo.classifier("lenet5");
    ImageModel model = ImageModel.of(entry, "1998", DataSets.image("mnist").info());
    Layer network = entry.build(model);
    Dataset images = Mnist.test();
    Dataset test = images.skip(200).take(50);
    TrainingData few =
        new TrainingData(images.take(IMAGES), images.skip(IMAGES).take(32), test, test, "");
    try (RunFolder place = RunFolder.of(folder);
        Interruption interruption = new Interruption(out);
        Device device = Device.open(name)) {
      network.init(device, 1);
      Run run =
          new Run(
              device,
              1,
              place,
              DataHome.standard(),
              out,
              false,
              new Run.Limits(interruption, 0, null));
      Recipe recipe = entry.recipe().apply(model).withBatchSize(IMAGES).withEpochs(STEPS);
      Figures unused =
          new TrainingRun(new TrainingRun.Setup(model, recipe, 0, Views.ONE), network, few, run)
              .start();
      return interruption.requested() ? ErrorHandler.INTERRUPTED : 0;
    }
  }
}
