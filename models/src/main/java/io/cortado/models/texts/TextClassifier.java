package io.cortado.models.texts;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.EpochWords;
import io.cortado.models.Figures;
import io.cortado.models.OnnxModel;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.ZooModel;
import io.cortado.models.data.LabelledTexts;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.data.Vocabulary;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.models.texts.TextTraining.Trained;
import io.cortado.train.EpochResult;
import io.cortado.train.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What classifiers of texts have in common: from the texts to the figures. */
abstract class TextClassifier implements ZooModel, Predictor, OnnxModel {

  static final String ACCURACY = "test accuracy";

  abstract TextOptions options();

  /** Returns what cuts the texts. */
  abstract Tokenizer tokenizer();

  /** Returns what has to be known to build the network, besides its {@code size}. */
  abstract Map<String, String> shape();

  /**
   * Builds a network.
   *
   * @param shape as {@link #shape} gave it, for this training or for that of a weights file
   */
  abstract TextNetwork network(TextNetwork.Size size, Map<String, String> shape);

  /** Checks the options that not all have. */
  void check() {}

  /** Leaves what only this model can tell. */
  void report(Run run, TextData data, TextNetwork network) throws IOException {}

  static int number(Map<String, String> shape, String name) {
    return Integer.parseInt(shape.getOrDefault(name, ""));
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public Figures train(Run run) throws IOException {
    check();
    LabelledTexts source = options().texts(run.data());
    TextData data = TextData.of(source, tokenizer(), options().vocabulary, options().longest);
    run.folder().create();
    int tokens = data.vocabulary().size();
    int classes = source.classes().size();
    TextNetwork.Size size =
        new TextNetwork.Size(tokens, options().embedding, classes, options().dropout);
    TextNetwork network = network(size, shape());
    network.init(run.device(), run.seed());
    run.line("model", "%s, %,d weights", name(), network.parameterCount());
    run.line(
        "data",
        "%s: %,d texts (%,d to train, %,d to validate, %,d to test) of %s, %,d tokens%s",
        source.name(),
        source.size(),
        data.train().size(),
        data.validation().size(),
        data.test().size(),
        String.join(", ", source.classes()),
        tokens,
        source.without());
    remark(run, data);
    run.kept(() -> "the best weights so far are in " + run.folder().weights());
    TextTraining training =
        new TextTraining(run, network, "network", run.folder().weights(), describe(data));
    TextTraining.Recipe recipe =
        new TextTraining.Recipe(
            options().batch,
            options().lr,
            options().epochs,
            options().wordDropout(),
            options().ema());
    Trained trained = training.fit(data.train(), data.validation(), recipe);
    if (run.stopped()) {
      return Figures.NONE;
    }
    Evaluation test = training.measure(data.test());
    run.saved(run.folder().weights(), new EpochWords(trained.result()).bestWeights());
    curve(run, source.name(), trained);
    run.say("%na bag of words, for comparison");
    Evaluation bag = BagOfWords.measure(run, data);
    if (run.stopped()) {
      return Figures.NONE;
    }
    report(run, data, network);
    run.say(
        "%ntest accuracy  %.4f, bag of words %.4f (%,d texts)",
        test.metric("accuracy"), bag.metric("accuracy"), data.test().size());
    return Figures.of(ACCURACY, test.metric("accuracy"))
        .and("test loss", test.loss())
        .and("bag of words", bag.metric("accuracy"));
  }

  /** Says what of the texts is not as one might think. */
  private static void remark(Run run, TextData data) {
    int dropped = data.source().dropped();
    if (dropped > 0) {
      run.line("data", "%,d dropped, the same as an earlier text of their class", dropped);
    }
    if (!data.untested().isEmpty()) {
      run.line(
          "data",
          "none of %s fell into the test; its figures say nothing of them",
          String.join(", ", data.untested()));
    }
  }

  private ModelDescription describe(TextData data) {
    Map<String, String> all = new LinkedHashMap<>(shape());
    all.put("embedding", "" + options().embedding);
    all.put("tokens", data.tokenizer().join(data.vocabulary().tokens()));
    return new ModelDescription(name(), Shape.of(options().longest), data.source().classes(), all);
  }

  private void curve(Run run, String data, Trained trained) throws IOException {
    List<EpochResult> history = trained.result().history();
    CurvePicture.write(
        run.folder().curve(),
        name() + " on " + data,
        CurvePicture.Panel.ofLoss("cross-entropy", history, loss -> loss),
        new CurvePicture.Panel(
            "accuracy",
            trained.accuracy(),
            history.stream().mapToDouble(e -> e.value("val_accuracy")).toArray()));
    run.saved(run.folder().curve(), "loss and accuracy over the epochs");
  }

  @Override
  public Set<String> questions() {
    return Set.of(TextAnswer.TEXT);
  }

  @Override
  public void answer(Question question) {
    new TextAnswer(question, this).write();
  }

  /**
   * Reads a trained network, for use.
   *
   * @throws FileException if the file does not say how large it is
   */
  TextNetwork trained(Path weights, ModelDescription d, Device device) {
    Vocabulary vocabulary =
        new Vocabulary(tokenizer().tokens(d.options().getOrDefault("tokens", "")));
    TextNetwork network;
    try {
      int width = number(d.options(), "embedding");
      network =
          network(
              new TextNetwork.Size(vocabulary.size(), width, d.classes().size(), 0), d.options());
    } catch (NumberFormatException e) {
      throw FileException.of(
          weights.toString(), "does not say how large its network is", "train it again");
    }
    network.init(device, 0);
    network.load(weights);
    network.eval();
    return network;
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    TextNetwork network = trained(weights, model, device);
    String notes =
        "input: tokens by their numbers, 2 for the first of cortado.model's tokens, 3 for the second, 1 for one that is"
            + " not there, and 0 behind the end of texts that are shorter than others; output: the classes' scores, logits";
    OnnxFile.write(
        onnx, model, notes, graph -> new TextExport(graph, network, model.classes().size()).add());
  }
}
