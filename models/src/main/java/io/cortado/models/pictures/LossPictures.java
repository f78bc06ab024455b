package io.cortado.models.pictures;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.loss.BCELoss;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.loss.CosineEmbeddingLoss;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.loss.FocalLoss;
import io.cortado.loss.GaussianKLLoss;
import io.cortado.loss.GaussianNLLLoss;
import io.cortado.loss.HingeEmbeddingLoss;
import io.cortado.loss.HingeLoss;
import io.cortado.loss.HuberLoss;
import io.cortado.loss.KLDivLoss;
import io.cortado.loss.L1Loss;
import io.cortado.loss.MSELoss;
import io.cortado.loss.MarginRankingLoss;
import io.cortado.loss.MultiMarginLoss;
import io.cortado.loss.PoissonNLLLoss;
import io.cortado.loss.SmoothL1Loss;
import io.cortado.loss.TripletMarginWithDistanceLoss;
import io.cortado.models.pictures.FunctionPicture.Curve;
import io.cortado.models.pictures.FunctionPicture.Panel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** Draws the pictures of docs/losses.md, each curve computed by the loss itself. */
public final class LossPictures {

  private static final int POINTS = 301;
  private static final Reduction NONE = Reduction.NONE;

  private final Device device;

  private LossPictures(Device device) {
    this.device = device;
  }

  /** Writes them into a folder: {@code docs/images}. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("give one folder to write to, such as docs/images");
    }
    Path folder = Path.of(args[0]);
    try (Device device = Device.cpu();
        Step _ = device.inference()) {
      LossPictures p = new LossPictures(device);
      FunctionPicture.write(folder.resolve("losses-numbers.png"), List.of(p.numbers(), p.counts()));
      FunctionPicture.write(folder.resolve("losses-classes.png"), List.of(p.binary(), p.classes()));
      FunctionPicture.write(
          folder.resolve("losses-distributions.png"), List.of(p.probabilities(), p.normal()));
      FunctionPicture.write(folder.resolve("losses-embeddings.png"), List.of(p.pairs(), p.order()));
    }
  }

  private static float[] range(double from, double to) {
    float[] x = new float[POINTS];
    for (int i = 0; i < POINTS; i++) {
      x[i] = (float) (from + (to - from) * i / (POINTS - 1));
    }
    return x;
  }

  /** A loss of the numbers, one for each. */
  private Curve curve(String name, float[] x, UnaryOperator<Tensor> loss) {
    return new Curve(name, loss.apply(device.tensor(x, x.length)).toFloatArray());
  }

  private Tensor all(double value) {
    return device.full((float) value, POINTS);
  }

  private Panel numbers() {
    float[] x = range(-3, 3);
    Tensor zero = all(0);
    return new Panel(
        "A number",
        "input - target",
        x,
        4,
        List.of(
            curve("MSELoss", x, in -> new MSELoss().reduction(NONE).forward(in, zero)),
            curve("L1Loss", x, in -> new L1Loss().reduction(NONE).forward(in, zero)),
            curve("SmoothL1Loss", x, in -> new SmoothL1Loss().reduction(NONE).forward(in, zero)),
            curve(
                "HuberLoss, delta 0.5",
                x,
                in -> new HuberLoss().delta(0.5).reduction(NONE).forward(in, zero))));
  }

  private Panel counts() {
    float[] x = range(-3, 3);
    return new Panel(
        "A count: PoissonNLLLoss, full",
        "logarithm of the rate",
        x,
        12,
        List.of(poisson(x, 0), poisson(x, 2), poisson(x, 5)));
  }

  private Curve poisson(float[] x, int target) {
    return curve(
        "target " + target,
        x,
        in -> new PoissonNLLLoss().full(true).reduction(NONE).forward(in, all(target)));
  }

  private Panel binary() {
    float[] x = range(-4, 4);
    Tensor one = all(1);
    return new Panel(
        "Yes or no: the target is 1",
        "logit",
        x,
        5,
        List.of(
            curve(
                "BCEWithLogitsLoss, SoftMarginLoss",
                x,
                in -> new BCEWithLogitsLoss().reduction(NONE).forward(in, one)),
            curve(
                "FocalLoss, no alpha",
                x,
                in -> new FocalLoss().alpha(-1).reduction(NONE).forward(in, one)),
            curve("HingeLoss", x, in -> new HingeLoss().reduction(NONE).forward(in, one)),
            curve(
                "HingeLoss, squared",
                x,
                in -> new HingeLoss().squared(true).reduction(NONE).forward(in, one))));
  }

  private Panel classes() {
    float[] x = range(-4, 4);
    Tensor target = device.tensor(new int[POINTS], POINTS);
    UnaryOperator<Tensor> logits =
        in -> Tensor.concat(1, in.reshape(POINTS, 1), device.zeros(POINTS, 2));
    return new Panel(
        "One of three classes",
        "right class's logit; the others are 0",
        x,
        5,
        List.of(
            curve(
                "CrossEntropyLoss",
                x,
                in -> new CrossEntropyLoss().reduction(NONE).forward(logits.apply(in), target)),
            curve(
                "CrossEntropyLoss, label smoothing 0.2",
                x,
                in ->
                    new CrossEntropyLoss()
                        .labelSmoothing(0.2)
                        .reduction(NONE)
                        .forward(logits.apply(in), target)),
            curve(
                "MultiMarginLoss",
                x,
                in -> new MultiMarginLoss().reduction(NONE).forward(logits.apply(in), target)),
            curve(
                "MultiMarginLoss, p 2",
                x,
                in ->
                    new MultiMarginLoss().p(2).reduction(NONE).forward(logits.apply(in), target))));
  }

  private Panel probabilities() {
    float[] x = range(0.002, 0.998);
    return new Panel(
        "A probability",
        "input",
        x,
        4,
        List.of(
            curve("BCELoss, target 1", x, in -> new BCELoss().reduction(NONE).forward(in, all(1))),
            curve(
                "BCELoss, target 0.3",
                x,
                in -> new BCELoss().reduction(NONE).forward(in, all(0.3))),
            curve(
                "KLDivLoss from (0.3, 0.7)",
                x,
                in ->
                    new KLDivLoss()
                        .reduction(NONE)
                        .forward(in.log(), all(0.3))
                        .add(
                            new KLDivLoss()
                                .reduction(NONE)
                                .forward(in.mul(-1).add(1).log(), all(0.7))))));
  }

  private Panel normal() {
    float[] x = range(0.05, 4);
    return new Panel(
        "A number and its variance",
        "variance",
        x,
        5,
        List.of(
            gaussian(x, 0.5),
            gaussian(x, 1),
            gaussian(x, 1.5),
            curve(
                "GaussianKLLoss, mean 0",
                x,
                in ->
                    new GaussianKLLoss()
                        .reduction(NONE)
                        .forward(device.zeros(POINTS, 1), in.log().reshape(POINTS, 1)))));
  }

  private Curve gaussian(float[] x, double off) {
    return curve(
        "GaussianNLLLoss, off by " + off,
        x,
        in -> new GaussianNLLLoss().reduction(NONE).forward(all(0), all(off), in));
  }

  private Panel pairs() {
    float[] x = range(0, 2);
    Tensor alike = all(1);
    Tensor others = all(-1);
    return new Panel(
        "Pairs that are alike (1), and others (-1)",
        "distance; for the cosine 1 - cos",
        x,
        2.5,
        List.of(
            curve(
                "HingeEmbeddingLoss, 1",
                x,
                in -> new HingeEmbeddingLoss().reduction(NONE).forward(in, alike)),
            curve(
                "HingeEmbeddingLoss, -1",
                x,
                in -> new HingeEmbeddingLoss().reduction(NONE).forward(in, others)),
            curve("CosineEmbeddingLoss, -1, margin 0.5", x, in -> cosine(in, 0.5, others))));
  }

  /** Of vectors that have the wanted cosine with (1, 0). */
  private Tensor cosine(Tensor distance, double margin, Tensor target) {
    float[] vectors = new float[2 * POINTS];
    float[] first = new float[2 * POINTS];
    float[] d = distance.toFloatArray();
    for (int i = 0; i < POINTS; i++) {
      double cos = 1 - (double) d[i];
      vectors[2 * i] = (float) cos;
      vectors[2 * i + 1] = (float) Math.sqrt(Math.max(0, 1 - cos * cos));
      first[2 * i] = 1;
    }
    return new CosineEmbeddingLoss()
        .margin(margin)
        .reduction(NONE)
        .forward(device.tensor(vectors, POINTS, 2), device.tensor(first, POINTS, 2), target);
  }

  private Panel order() {
    float[] x = range(-2, 2);
    Tensor zero = all(0);
    List<Curve> curves =
        List.of(
            curve(
                "MarginRankingLoss",
                x,
                in -> new MarginRankingLoss().reduction(NONE).forward(in, zero, all(1))),
            curve(
                "MarginRankingLoss, margin 1",
                x,
                in -> new MarginRankingLoss().margin(1).reduction(NONE).forward(in, zero, all(1))),
            curve(
                "TripletMarginLoss, margin 0.5",
                x,
                in ->
                    new TripletMarginWithDistanceLoss((_, gap) -> gap)
                        .margin(0.5)
                        .reduction(NONE)
                        .forward(zero, zero, in)));
    return new Panel("An order", "better - worse; d(a, n) - d(a, p)", x, 3.5, curves);
  }
}
