package io.cortado.metrics;

/**
 * How many classes the model hesitates between: {@code exp(mean of -log p(label))}, from logits.
 *
 * <p>For language models: logits {@code [N, V]} or {@code [N, V, T]} beside int32 labels; padding
 * is left out by {@link #ignoreIndex}. Infinite where a label had the probability 0. It takes
 * logits, as torchmetrics does; logarithms of probabilities are logits too.
 *
 * @see <a
 *     href="https://lightning.ai/docs/torchmetrics/stable/text/perplexity.html">torchmetrics.text.Perplexity</a>
 */
public final class Perplexity extends LabelMetric implements ScalarMetric {

  private Sum sum = new Sum();
  private long count;

  /** Makes a metric. */
  public Perplexity() {}

  @Override
  public String name() {
    return "perplexity";
  }

  @Override
  public void reset() {
    sum = new Sum();
    count = 0;
  }

  @Override
  void count(Predictions batch, int sample, int label) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < batch.classes(); c++) {
      max = Math.max(max, Checks.notNaN(name(), batch.score(sample, c), sample));
    }
    if (Double.isInfinite(max)) {
      throw new IllegalArgumentException(
          name() + ": the largest logit of sample " + sample + " is " + max);
    }
    double total = 0;
    for (int c = 0; c < batch.classes(); c++) {
      total += Math.exp(batch.score(sample, c) - max);
    }
    sum.add(Math.log(total) + max - batch.score(sample, label));
    count++;
  }

  @Override
  public double compute() {
    return Math.exp(sum.value() / count);
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }
}
