package io.cortado.models.autoencoder;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Transforms;
import io.cortado.io.ModelDescription;
import io.cortado.loss.MSELoss;
import io.cortado.models.Figures;
import io.cortado.models.OnnxModel;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.analysis.Pca;
import io.cortado.models.classify.TrainingData;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.ImageInfo;
import io.cortado.optim.Adam;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.train.BestModel;
import io.cortado.train.CsvLog;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * Networks that learn to repeat an image through a code of a few numbers.
 *
 * <p>G. Hinton and R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
 * Science 313, 2006, compare such codes with as many principal components; so does this. Form
 * {@code denoising} is given the image with noise and has to say what it was before (P. Vincent et
 * al., "Extracting and composing robust features with denoising autoencoders", ICML 2008). Pixels
 * are 0 to 1, the loss is the mean squared error of a pixel.
 *
 * <p>A twelfth of the training part is kept for validation: it chooses the best epoch. Beside this
 * stand {@link CodedNetwork}, the network; {@link CodeForm}, its size, as a weights file keeps it;
 * {@link CodeReport}, the measurement.
 */
public final class Autoencoder implements ZooModel, OnnxModel {

  private static final double NOISE = 0.5;
  private static final int BATCH = 128;
  private static final double LR = 1e-3;

  @Option(
      names = "--form",
      paramLabel = "NAME",
      description = "dense, convolutional or denoising (default: ${DEFAULT-VALUE}).")
  private String form = "dense";

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "A data set of grey images (default: ${DEFAULT-VALUE}).")
  private String data = "mnist";

  @Option(
      names = "--code",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers in the code; 2 are drawn as a plane (default: ${DEFAULT-VALUE}).")
  private int code = 32;

  @Option(names = "--tied", description = "The decoder uses the encoder's weights.")
  private boolean tied;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How often the images are seen (default: ${DEFAULT-VALUE}).")
  private int epochs = 15;

  @Override
  public String name() {
    return "autoencoder";
  }

  @Override
  public String description() {
    return "autoencoder: images through a code of a few numbers, beside principal components";
  }

  @Override
  public List<Trial> trials() {
    return List.of(
        trial("Dense autoencoder, MNIST", "--data mnist"),
        trial("Dense autoencoder, tied weights, MNIST", "--data mnist --tied"),
        trial("Dense autoencoder, code of 2, MNIST", "--data mnist --code 2"),
        trial("Dense autoencoder, Fashion-MNIST", "--data fashion-mnist"),
        trial("Convolutional autoencoder, MNIST", "--form convolutional --data mnist"),
        trial(
            "Convolutional autoencoder, Fashion-MNIST",
            "--form convolutional --data fashion-mnist"),
        trial("Denoising autoencoder, MNIST", "--form denoising --data mnist"));
  }

  private static Trial trial(String title, String arguments) {
    Goal below = Goal.atMost(0.999);
    return Trial.of(title, arguments, "MSE / PCA's", below, 1, "1: PCA of the same code size");
  }

  @Override
  public List<Trial> quickTrials() {
    Goal below = Goal.atMost(0.95);
    return List.of(
        Trial.floor(
            "Autoencoder on digits", "--data digits --code 4 --epochs 80", "MSE / PCA's", below));
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public Figures train(Run run) throws IOException {
    ImageInfo info = DataSets.image(data).info();
    Shape image = Shape.of(info.channels(), info.height(), info.width());
    CodeForm asked = new CodeForm(form, data, code, tied);
    CodedNetwork network = asked.network(image);
    TrainingData parts = TrainingData.read(DataSets.image(data), run.data());
    run.folder().create();
    network.init(run.device(), run.seed());
    run.table(network, image);
    ModelDescription description = new ModelDescription(name(), image, List.of(), asked.options());
    BestModel best = new BestModel(run.folder().weights()).describedBy(description).restoreAtEnd();
    Dataset train = pairs(parts.train(), info);
    long steps = (long) epochs * ((train.size() + BATCH - 1) / BATCH);
    Trainer trainer =
        Trainer.of(network)
            .loss(new MSELoss())
            .optimizer(new Adam(LR))
            .scheduleSteps(new CosineAnnealingLR(steps))
            .epochs(epochs)
            .batchSize(BATCH)
            .seed(run.seed())
            .captureSteps(true)
            .on(best, new CsvLog(run.folder().log()));
    run.kept(() -> "the best weights so far are in " + run.folder().weights());
    TrainingResult result =
        run.watch(trainer, "images").fit(train, pairs(parts.validation(), info));
    if (result.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    float[] pixels = CodeReport.all(pixels(parts.train(), info), Field.INPUTS);
    Pca pca = Pca.fit(run.device(), pixels, (int) image.size(), code);
    return new CodeReport(run, network, info, pca)
        .write(
            "%s (%s, code of %d)".formatted(data, form, code),
            result,
            pairs(parts.test(), info),
            parts.test().labels());
  }

  /** What goes in and what should come out. */
  private Dataset pairs(Dataset set, ImageInfo info) {
    Dataset same = pixels(set, info).inputsAsLabels();
    return form.equals("denoising") ? same.map(new Noise(NOISE)) : same;
  }

  /** The set with pixels from 0 to 1, as they were before they were scaled. */
  private static Dataset pixels(Dataset set, ImageInfo info) {
    return set.map(Transforms.scale(info.scaling().std()[0], info.scaling().mean()[0]));
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    CodeForm.export(weights, model, device, onnx);
  }
}
