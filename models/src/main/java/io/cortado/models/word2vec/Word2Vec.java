package io.cortado.models.word2vec;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.io.ModelDescription;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
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
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
public final class Word2Vec implements ZooModel, Predictor {

  /** The last learning rate, as a share of the first. */
  private static final double LAST = 1e-4;

  /** Steps of the learning rate's fall. */
  private static final long TICKS = 1_000_000;

  @Mixin private WordOptions options = new WordOptions();

  /** A vector of each word as the one that is read, and one as a neighbor. */
  static final class Network extends Module {

    private final Embedding words;
    private final Embedding neighbors;

    Network(int count, int width) {
      words = child("words", new Embedding(count, width));
      words.weightInit(Initializers.uniform(-0.5 / width, 0.5 / width));
      neighbors = child("neighbors", new Embedding(count, width));
      neighbors.weightInit(Initializers.zeros());
    }

    /** Returns the sum of the losses of the words {@code [batch]} with {@code [batch, others]}. */
    Tensor loss(Step step, int[] centers, int[] others) {
      int n = centers.length;
      int each = others.length / n;
      Tensor v = words.forward(step.tensor(centers, n)).unsqueeze(2);
      Tensor u = neighbors.forward(step.tensor(others, n, each));
      float[] right = new float[n * each];
      for (int i = 0; i < n; i++) {
        right[i * each] = 1;
      }
      return new BCEWithLogitsLoss()
          .reduction(Reduction.SUM)
          .forward(u.matmul(v).reshape(n, each), step.tensor(right, n, each));
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
  public Figures train(Run run) throws IOException {
    Corpus corpus = options.corpus(run.data());
    SkipGrams pairs = new SkipGrams(corpus, options.reading(), options.batch, run.seed());
    if (!pairs.next()) {
      throw new InputException(
          "the text has only %,d words that count, too few for a batch of %d; give a longer one, or a smaller --batch-size"
              .formatted(corpus.total(), options.batch));
    }
    pairs.restart();
    run.folder().create();
    int count = corpus.vocabulary().size();
    Network network = new Network(count, options.width);
    network.init(run.device(), run.seed());
    run.line("data", "%,d words, %,d different ones", corpus.total(), count);
    String words = Tokenizer.WORDS.join(corpus.vocabulary().tokens());
    ModelDescription description =
        new ModelDescription(
            name(), Shape.of(1), List.of(), Map.of("width", "" + options.width, "words", words));
    Optimizer optimizer = new SGD(options.lr).attach(network);
    List<Double> losses = new ArrayList<>();
    run.kept(() -> "the vectors of epoch " + losses.size() + " are in " + run.folder().weights());
    boolean more = true;
    long[] steps = {0};
    while (losses.size() < options.epochs && more) {
      pairs.restart();
      more = epoch(run, network, pairs, optimizer, losses, steps);
      if (run.stopped()) {
        return Figures.NONE;
      }
      network.save(run.folder().weights(), description);
    }
    run.saved(run.folder().weights(), "the vectors");
    WordVectors vectors = WordVectors.of(corpus.vocabulary(), network.vectors(), options.width);
    return new VectorReport(run, vectors).write(losses.getLast());
  }

  /** Reads the corpus once; says whether there should be another time. */
  private boolean epoch(
      Run run,
      Network network,
      SkipGrams pairs,
      Optimizer optimizer,
      List<Double> losses,
      long[] steps) {
    Device device = network.device();
    LinearLR schedule = new LinearLR(1, LAST, TICKS);
    long begin = System.nanoTime();
    double sum = 0;
    int batches = 0;
    boolean more = true;
    while (more && pairs.next()) {
      double done = (losses.size() + pairs.done()) / options.epochs;
      optimizer.schedule(schedule, Math.min(TICKS, (long) (done * TICKS)));
      double loss;
      try (Step step = device.step()) {
        Tensor total = network.loss(step, pairs.centers(), pairs.others());
        total.backward();
        optimizer.step();
        loss = total.item() / options.batch;
      }
      sum += loss;
      batches++;
      more = run.goesOn(++steps[0], () -> loss);
    }
    double mean = sum / Math.max(1, batches);
    if (!Double.isFinite(mean)) {
      throw new InputException(
          "the training broke down: the loss became infinite; lower --lr (it is %s)"
              .formatted(options.lr));
    }
    losses.add(mean);
    run.say(
        "epoch %d/%d  loss %.4f  %,.0f pairs/s",
        losses.size(),
        options.epochs,
        mean,
        (double) batches * options.batch / ((System.nanoTime() - begin) * 1e-9));
    return more;
  }

  @Override
  public Set<String> questions() {
    return Set.of("--text");
  }

  @Override
  public void answer(Question question) {
    VectorReport.answer(question);
  }
}
