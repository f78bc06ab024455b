package io.cortado.models.word2vec;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.data.Batch;
import io.cortado.io.ModelDescription;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.LatestWeights;
import io.cortado.models.OnnxModel;
import io.cortado.models.Predictor;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.ZooModel;
import io.cortado.models.data.Tokenizer;
import io.cortado.nn.Embedding;
import io.cortado.nn.Module;
import io.cortado.nn.init.Initializers;
import io.cortado.optim.LinearLR;
import io.cortado.optim.SGD;
import io.cortado.train.CsvLog;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import picocli.CommandLine.Mixin;

/**
 * Vectors for words, learnt by telling a word's neighbors from words drawn at random.
 *
 * <p>T. Mikolov et al., "Distributed representations of words and phrases and their
 * compositionality", NIPS 2013: skip-gram with negative sampling. Frequent words are left out more
 * often than not, words are drawn by the power 3/4 of their counts, and the learning rate falls in
 * a straight line. For a word {@code w}, its neighbor {@code c} and words {@code n} drawn at random
 * the loss is {@code -log s(v_w u_c) - sum log s(-v_w u_n)}, {@code s} being the logistic function.
 */
public final class Word2Vec implements ZooModel, Predictor, OnnxModel {

  /** The last learning rate, as a share of the first. */
  private static final double LAST = 1e-4;

  @Mixin private WordOptions options = new WordOptions();

  /** A vector of each word as the one that is read, and one as a neighbor. */
  static final class Network extends Module {

    final Embedding words;
    final Embedding neighbors;

    Network(int count, int width) {
      words = child("words", new Embedding(count, width));
      words.weightInit(Initializers.uniform(-0.5 / width, 0.5 / width));
      neighbors = child("neighbors", new Embedding(count, width));
      neighbors.weightInit(Initializers.zeros());
    }

    /** Returns how strongly each word is said to be near each of its others. */
    Tensor forward(Batch batch) {
      Tensor v = words.forward(batch.inputs()).unsqueeze(2);
      Tensor u = neighbors.forward(batch.get(SkipGrams.OTHERS));
      return u.matmul(v).squeeze(2);
    }

    /** Returns the mean over the words of the sum over their others. */
    static Tensor loss(Tensor scores, Batch batch) {
      return new BCEWithLogitsLoss()
          .reduction(Reduction.SUM)
          .forward(scores, batch.labels())
          .div(batch.size());
    }

    float[] vectors() {
      return words.weight().value().toFloatArray();
    }
  }

  @Override
  public String name() {
    return "word2vec";
  }

  @Override
  public String description() {
    return "vectors for words: skip-gram with negative sampling";
  }

  @Override
  public List<Trial> trials() {
    return List.of(Trial.of("word2vec on IMDb", "", VectorReport.RIGHT, Goal.atLeast(0.35), 3, ""));
  }

  @Override
  public List<Trial> quickTrials() {
    String arguments =
        "--data shakespeare-sample --width 32 --rare 3 --sample 0.001 --batch-size 128 --epochs 4 --lr 0.1";
    return List.of(
        Trial.floor("word2vec on a sample of Shakespeare", arguments, "loss", Goal.atMost(2.9)));
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public Figures train(Run run) throws IOException {
    Corpus corpus = options.corpus(run.data());
    SkipGrams pairs = new SkipGrams(corpus, options.reading(), options.batch, run.seed());
    long steps = IntStream.range(0, options.epochs).mapToLong(pairs::batches).sum();
    if (pairs.batches(0) == 0) {
      throw new InputException(
          "the text has only %,d words that count, too few for a batch of %d; give a longer one, or a smaller --batch-size"
              .formatted(corpus.total(), options.batch));
    }
    run.folder().create();
    int count = corpus.vocabulary().size();
    Network network = new Network(count, options.width);
    network.init(run.device(), run.seed());
    run.line("data", "%,d words, %,d different ones", corpus.total(), count);
    String words = Tokenizer.WORDS.join(corpus.vocabulary().tokens());
    ModelDescription description =
        new ModelDescription(
            name(), Shape.of(1), List.of(), Map.of("width", "" + options.width, "words", words));
    Trainer trainer =
        Trainer.of(network, network::forward)
            .objective(Network::loss)
            // The paper goes down the sum over the pairs, and the loss that is told is the mean.
            .optimizer(new SGD(options.lr * options.batch))
            .scheduleSteps(new LinearLR(1, LAST, steps))
            .epochs(options.epochs)
            .batchSize(options.batch)
            .captureSteps(true)
            .seed(run.seed())
            .on(new LatestWeights(network, run.folder().weights(), description))
            .on(new CsvLog(run.folder().log()));
    run.kept(() -> "the vectors of the last whole epoch, if any, are " + run.folder().weights());
    TrainingResult result = run.watch(trainer, "pairs").fit(pairs, null);
    if (result.stoppedBy() == StopReason.REQUESTED) {
      return Figures.NONE;
    }
    run.saved(run.folder().weights(), "the vectors");
    WordVectors vectors = WordVectors.of(corpus.vocabulary(), network.vectors(), options.width);
    return new VectorReport(run, vectors).write(result.history());
  }

  @Override
  public Set<String> questions() {
    return Set.of("--text");
  }

  @Override
  public void answer(Question question) {
    VectorReport.answer(question);
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    TrainedVectors.read(weights, model, device).export(model, onnx);
  }
}
