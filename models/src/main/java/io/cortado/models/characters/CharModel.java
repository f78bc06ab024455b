package io.cortado.models.characters;

import static io.cortado.loss.Losses.crossEntropy;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import io.cortado.models.Figures;
import io.cortado.models.LatestWeights;
import io.cortado.models.OnnxModel;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.ZooModel;
import io.cortado.models.data.Characters;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.SequenceModel;
import io.cortado.optim.Adam;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.train.CsvLog;
import io.cortado.train.Evaluation;
import io.cortado.train.Inference;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;

/**
 * A recurrent network that reads a text character by character and says what comes next.
 *
 * <p>J. Elman, "Finding structure in time", Cognitive Science 14, 1990 ({@code rnn}); S. Hochreiter
 * and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997 ({@code lstm}); K. Cho
 * et al., "Learning phrase representations using RNN encoder-decoder", 2014 ({@code gru}).
 *
 * <p>The text is read as streams side by side. Each step goes on from the states that the step
 * before left, and its gradient ends there: truncated backpropagation through time. The first 90 %
 * of the text are for training, the rest tells how good the model is, in nats for a character, with
 * the weights that the last epoch left: nothing is chosen by it.
 *
 * <p>Beside it stand {@link CharNetwork}, the network; {@link CharOptions}, what a training can be
 * told; {@link Streams} and {@link CarriedState}, text and states as steps read them; {@link
 * CharReport}, the measurement; {@link Writer}, what writes.
 */
public final class CharModel implements ZooModel, Predictor, OnnxModel {

  private static final int EMBEDDING = 64;

  /** A larger norm of all gradients is scaled down to this. */
  private static final double CLIP = 1;

  private final String cell;

  @Mixin private CharOptions options = new CharOptions();

  /** Makes the model of a cell: rnn, lstm or gru. */
  public CharModel(String cell) {
    this.cell = cell;
  }

  @Override
  public String name() {
    return cell;
  }

  @Override
  public String card() {
    return "lstm"; // one for the three
  }

  @Override
  public String description() {
    return cell + ": a recurrent network that writes text, character by character";
  }

  @Override
  public List<Trial> trials() {
    String figure = "validation loss";
    String karpathy = "1.4697 for nanoGPT's small transformer, in its README";
    Trial few =
        Trial.of(
            cell + ", 256 units, 8 epochs",
            "",
            figure,
            Goal.atMost(cell.equals("rnn") ? 1.75 : 1.62),
            1,
            karpathy);
    return !cell.equals("lstm")
        ? List.of(few)
        : List.of(
            few,
            Trial.of(
                "lstm, 2 x 512 units, 20 epochs",
                "--hidden 512 --layers 2 --dropout 0.4 --lr 0.002 --epochs 20",
                figure,
                Goal.atMost(1.55),
                1,
                karpathy));
  }

  @Override
  public List<Trial> quickTrials() {
    String arguments =
        "--data shakespeare-sample --hidden 64 --batch-size 16 --length 32 --epochs 2 --lr 0.01";
    return List.of(
        Trial.floor(
            cell + " on a sample of Shakespeare", arguments, "validation loss", Goal.atMost(2.1)));
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public Figures train(Run run) throws IOException {
    String all = options.text(run.data());
    Characters characters = Characters.of(all);
    int[] encoded = characters.encode("the text", all);
    CharOptions.Parts parts = options.parts(encoded);
    Streams train = parts.train();
    Streams validation = parts.validation();
    run.folder().create();
    CharNetwork.Size size =
        new CharNetwork.Size(
            cell, characters.size(), EMBEDDING, options.hidden, options.layers, options.dropout);
    CharNetwork network = new CharNetwork(size);
    network.init(run.device(), run.seed());
    String title = "%s, %d x %d units".formatted(cell, options.layers, options.hidden);
    run.line("model", "%s, %,d weights", title, network.parameterCount());
    run.line("data", "%,d characters, %d different ones", encoded.length, characters.size());
    ModelDescription description =
        new ModelDescription(
            cell, Shape.of(options.length), characters.symbols(), size.toOptions());
    try (CarriedState state = new CarriedState(network, train.batch(), validation.batch())) {
      Trainer trainer =
          trainer(network, state)
              .optimizer(new Adam(options.lr))
              .scheduleSteps(new CosineAnnealingLR((long) options.epochs * train.parts()))
              .epochs(options.epochs)
              .seed(run.seed())
              .on(
                  new LatestWeights(network, run.folder().weights(), description),
                  new CsvLog(run.folder().log()));
      run.kept(() -> "the weights of the last whole epoch, if any, are " + run.folder().weights());
      TrainingResult result = run.watch(trainer, "characters").fit(train, validation);
      if (result.stoppedBy() == StopReason.REQUESTED) {
        return Figures.NONE;
      }
      Evaluation check = Inference.evaluate(network, state, CharModel::loss, validation);
      network.eval();
      return new CharReport(run, title).write(new Writer(network, characters), result, check);
    }
  }

  /** Returns what trains a network, all but the optimizer set. */
  static Trainer trainer(CharNetwork network, CarriedState state) {
    return Trainer.of(network, state)
        .objective(CharModel::loss)
        .clipGradNorm(CLIP)
        .captureSteps(true)
        .on(state);
  }

  /** Returns the mean loss of a character, in nats. */
  static Tensor loss(Tensor scores, Batch batch) {
    return crossEntropy().forward(scores, batch.labels());
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    SequenceModel network = Writer.read(weights, model, device).network().parts();
    Map<String, String> metadata =
        Map.of(Weights.MODEL, model.toJson(), OnnxFile.NOTES, SequenceModel.NOTES);
    OnnxFile.write(onnx, model.name(), network, metadata);
  }

  @Override
  public Set<String> questions() {
    return Set.of("--prompt", "--length", "--temperature", "--seed");
  }

  @Override
  public void answer(Question question) {
    Writer.answer(question);
  }
}
