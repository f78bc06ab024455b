package io.cortado.tck;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.loss.BCELoss;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.loss.CTCLoss;
import io.cortado.loss.CosineEmbeddingLoss;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.loss.DiceLoss;
import io.cortado.loss.FocalLoss;
import io.cortado.loss.GaussianKLLoss;
import io.cortado.loss.GaussianNLLLoss;
import io.cortado.loss.HingeEmbeddingLoss;
import io.cortado.loss.HingeLoss;
import io.cortado.loss.HuberLoss;
import io.cortado.loss.InfoNCELoss;
import io.cortado.loss.KLDivLoss;
import io.cortado.loss.L1Loss;
import io.cortado.loss.Loss;
import io.cortado.loss.MSELoss;
import io.cortado.loss.MarginRankingLoss;
import io.cortado.loss.MultiLabelMarginLoss;
import io.cortado.loss.MultiLabelSoftMarginLoss;
import io.cortado.loss.MultiMarginLoss;
import io.cortado.loss.NLLLoss;
import io.cortado.loss.NTXentLoss;
import io.cortado.loss.PoissonNLLLoss;
import io.cortado.loss.SmoothL1Loss;
import io.cortado.loss.SoftMarginLoss;
import io.cortado.loss.TotalVariationLoss;
import io.cortado.loss.TripletMarginLoss;
import io.cortado.loss.TripletMarginWithDistanceLoss;
import io.cortado.tck.TorchFixtures.Case;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Losses made as a recorded case of torch.nn says, and what they give for the same inputs. */
public final class TorchLosses {

  /** Cases in which a loss gives something else on purpose, and why. */
  static final Map<String, String> DIFFERENT =
      Map.of(
          "SoftMarginLoss/reduction=none,data=wrong by 1e4",
          "PyTorch's loss overflows to infinity; ours is exact",
          "SmoothL1Loss/beta=0.0,reduction=sum,data=equal",
          "PyTorch's gradient of equal numbers is -1 for both; ours is 0, as that of L1Loss",
          "L1Loss/reduction=none,data=extreme",
          "PyTorch's gradient of NaN is 0; ours is NaN, so that it is noticed",
          "HingeEmbeddingLoss/reduction=none,data=NaN",
          "PyTorch's gradient of NaN is 0; ours is the slope on its right");

  private TorchLosses() {}

  /**
   * How far a loss is from PyTorch's.
   *
   * @param torchClass the class of torch.nn
   * @param name the case's name: the class and its options
   * @param valueError the largest relative error of the value
   * @param gradientError the largest relative error of the gradients
   * @param reason why it differs on purpose, or empty
   * @param numbers what was computed and what was expected, for messages
   */
  public record Comparison(
      String torchClass,
      String name,
      double valueError,
      double gradientError,
      String reason,
      String numbers) {}

  /** A loss of any number of tensors. */
  @FunctionalInterface
  private interface Computation {
    Tensor of(Tensor[] x);
  }

  /** Returns all recorded cases. */
  static Stream<Case> cases() {
    return TorchFixtures.cases("losses");
  }

  /** Runs all recorded cases on a device. */
  public static List<Comparison> compareAll(Device device) {
    return cases().map(c -> compare(device, c)).toList();
  }

  /** Runs one recorded case on a device. */
  static Comparison compare(Device device, Case c) {
    Computation loss = computation(c);
    try (Step step = device.step()) {
      List<Tensor> inputs = new ArrayList<>();
      for (int i = 0; c.has("x" + i); i++) {
        Tensor x = c.on(device, "x" + i);
        inputs.add(c.has("g" + i) ? x.requiresGrad(true) : x);
      }
      Tensor y = loss.of(inputs.toArray(Tensor[]::new));
      y.backward(c.on(device, "dy"));
      StringBuilder numbers = new StringBuilder();
      double valueError = error("y", y.toFloatArray(), c.floats("y"), numbers);
      double gradientError = 0;
      for (int i = 0; i < inputs.size(); i++) {
        if (c.has("g" + i)) {
          Tensor gradient = inputs.get(i).grad();
          if (gradient == null) {
            throw new AssertionError(c + ": input " + i + " has no gradient");
          }
          float[] actual = gradient.toFloatArray();
          double error = error("gradient " + i, actual, c.floats("g" + i), numbers);
          gradientError = Math.max(gradientError, error);
        }
      }
      return new Comparison(
          TorchLossOptions.torchClass(c),
          c.name(),
          valueError,
          gradientError,
          DIFFERENT.getOrDefault(c.name(), ""),
          numbers.toString());
    }
  }

  /**
   * Returns the largest relative error.
   *
   * <p>A number that is small beside the largest of its tensor, and beside 1, is what is left of
   * larger ones: it is measured by the smaller of these two. NaN and infinities have to be the
   * same.
   */
  static double error(String what, float[] actual, float[] expected, StringBuilder numbers) {
    numbers.append(
        "\n%s is %s%n  expected %s"
            .formatted(what, Arrays.toString(actual), Arrays.toString(expected)));
    if (actual.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double floor = 0;
    for (float e : expected) {
      floor = Math.max(floor, Float.isFinite(e) ? Math.abs(e) : 0);
    }
    floor = floor == 0 ? 1 : Math.min(1, floor);
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      if (Float.compare(actual[i], expected[i]) != 0 && actual[i] != expected[i]) {
        double difference = Math.abs((double) actual[i] - expected[i]);
        double relative = difference / Math.max(floor, Math.abs(expected[i]));
        largest =
            Math.max(largest, Double.isFinite(relative) ? relative : Double.POSITIVE_INFINITY);
      }
    }
    return largest;
  }

  private static Computation computation(Case c) {
    TorchLossOptions o = new TorchLossOptions(c);
    Computation loss = make(TorchLossOptions.torchClass(c), o);
    o.checkAllAsked();
    return loss;
  }

  private static Computation make(String torchClass, TorchLossOptions o) {
    return switch (torchClass) {
      case "L1Loss" -> {
        L1Loss l = new L1Loss();
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "MSELoss" -> {
        MSELoss l = new MSELoss();
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "SmoothL1Loss" -> {
        SmoothL1Loss l = new SmoothL1Loss();
        o.number("beta", l::beta);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "HuberLoss" -> {
        HuberLoss l = new HuberLoss();
        o.number("delta", l::delta);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "CrossEntropyLoss" -> crossEntropy(o);
      case "NLLLoss" -> {
        NLLLoss l = new NLLLoss();
        o.tensor("weight", (w, _) -> l.weight(w));
        o.integer("ignore_index", l::ignoreIndex);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "CTCLoss" -> {
        CTCLoss l = new CTCLoss();
        o.integer("blank", l::blank);
        o.flag("zero_infinity", l::zeroInfinity);
        o.reduction(l::reduction);
        yield x -> l.forward(x[0], x[1], x[2], x[3]);
      }
      case "BCELoss" -> {
        BCELoss l = new BCELoss();
        o.tensor("weight", l::weight);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "BCEWithLogitsLoss" -> {
        BCEWithLogitsLoss l = new BCEWithLogitsLoss();
        o.tensor("weight", l::weight);
        o.tensor("pos_weight", (w, _) -> l.posWeight(w));
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "KLDivLoss" -> klDiv(o);
      case "PoissonNLLLoss" -> {
        PoissonNLLLoss l = new PoissonNLLLoss();
        o.flag("log_input", l::logInput);
        o.flag("full", l::full);
        o.number("eps", l::eps);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "GaussianNLLLoss" -> {
        GaussianNLLLoss l = new GaussianNLLLoss();
        o.flag("full", l::full);
        o.number("eps", l::eps);
        o.reduction(l::reduction);
        yield x -> l.forward(x[0], x[1], x[2]);
      }
      case "SoftMarginLoss" -> {
        SoftMarginLoss l = new SoftMarginLoss();
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "MultiLabelSoftMarginLoss" -> {
        MultiLabelSoftMarginLoss l = new MultiLabelSoftMarginLoss();
        o.tensor("weight", (w, _) -> l.weight(w));
        o.reduction(l::reduction);
        yield pair(l);
      }
      default -> margin(torchClass, o);
    };
  }

  /** The losses that are about distances of pairs and triplets. */
  private static Computation margin(String torchClass, TorchLossOptions o) {
    return switch (torchClass) {
      case "HingeEmbeddingLoss" -> {
        HingeEmbeddingLoss l = new HingeEmbeddingLoss();
        o.number("margin", l::margin);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "MarginRankingLoss" -> {
        MarginRankingLoss l = new MarginRankingLoss();
        o.number("margin", l::margin);
        o.reduction(l::reduction);
        yield x -> l.forward(x[0], x[1], x[2]);
      }
      case "MultiMarginLoss" -> {
        MultiMarginLoss l = new MultiMarginLoss();
        o.integer("p", l::p);
        o.number("margin", l::margin);
        o.tensor("weight", (w, _) -> l.weight(w));
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "MultiLabelMarginLoss" -> {
        MultiLabelMarginLoss l = new MultiLabelMarginLoss();
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "InfoNCELoss" -> {
        InfoNCELoss l = new InfoNCELoss();
        o.number("temperature", l::temperature);
        o.flag("symmetric", l::symmetric);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "NTXentLoss" -> {
        NTXentLoss l = new NTXentLoss();
        o.number("temperature", l::temperature);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "CosineEmbeddingLoss" -> {
        CosineEmbeddingLoss l = new CosineEmbeddingLoss();
        o.number("margin", l::margin);
        o.reduction(l::reduction);
        yield x -> l.forward(x[0], x[1], x[2]);
      }
      case "TripletMarginLoss" -> {
        TripletMarginLoss l = new TripletMarginLoss();
        o.number("margin", l::margin);
        o.number("p", l::p);
        o.number("eps", l::eps);
        o.flag("swap", l::swap);
        o.reduction(l::reduction);
        yield x -> l.forward(x[0], x[1], x[2]);
      }
      case "TripletMarginWithDistanceLoss" -> {
        var l = new TripletMarginWithDistanceLoss(TorchLosses::cosineDistance);
        o.number("margin", l::margin);
        o.flag("swap", l::swap);
        o.reduction(l::reduction);
        yield x -> l.forward(x[0], x[1], x[2]);
      }
      default -> composed(torchClass, o);
    };
  }

  /**
   * Losses that torch.nn has not, and that are composed of its functions where they are recorded.
   */
  private static Computation composed(String name, TorchLossOptions o) {
    return switch (name) {
      case "FocalLoss" -> {
        FocalLoss l = new FocalLoss();
        o.number("alpha", l::alpha);
        o.number("gamma", l::gamma);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "DiceLoss" -> {
        DiceLoss l = new DiceLoss();
        o.number("smooth", l::smooth);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "HingeLoss" -> {
        HingeLoss l = new HingeLoss();
        o.flag("squared", l::squared);
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "GaussianKLLoss" -> {
        GaussianKLLoss l = new GaussianKLLoss();
        o.reduction(l::reduction);
        yield pair(l);
      }
      case "TotalVariationLoss" -> {
        TotalVariationLoss l = new TotalVariationLoss();
        o.reduction(l::reduction);
        yield x -> l.forward(x[0]);
      }
      default ->
          throw new IllegalStateException(name + " is recorded, and this class does not know it");
    };
  }

  private static Computation crossEntropy(TorchLossOptions o) {
    CrossEntropyLoss l = new CrossEntropyLoss();
    o.tensor("weight", (w, _) -> l.weight(w));
    o.integer("ignore_index", l::ignoreIndex);
    o.number("label_smoothing", l::labelSmoothing);
    o.reduction(l::reduction);
    return pair(l);
  }

  private static Computation klDiv(TorchLossOptions o) {
    KLDivLoss l = new KLDivLoss();
    o.flag("log_target", l::logTarget);
    if (o.is("reduction", "batchmean")) {
      l.batchMean();
    } else {
      o.reduction(l::reduction);
    }
    return pair(l);
  }

  private static Computation pair(Loss loss) {
    return x -> loss.forward(x[0], x[1]);
  }

  /** The distance that record_losses.py takes. */
  private static Tensor cosineDistance(Tensor x, Tensor y) {
    Tensor lengths = x.square().sum(-1, false).mul(y.square().sum(-1, false)).add(1e-6f).sqrt();
    return x.mul(y).sum(-1, false).div(lengths).mul(-1).add(1);
  }
}
