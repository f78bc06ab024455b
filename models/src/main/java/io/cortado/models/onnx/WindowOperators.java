package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.ConvPlan;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.LocalResponse;
import io.cortado.autograd.Normalization;
import io.cortado.autograd.Padding;
import io.cortado.autograd.PoolPlan;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.RowNormalization;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.models.onnx.Call.Operator;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Convolutions, poolings, norms, and what makes extents others. */
final class WindowOperators {

  private WindowOperators() {}

  static @Nullable Operator of(StoredNode node) {
    return switch (node.operator()) {
      case "Conv" -> {
        checkPadding(node);
        yield WindowOperators::conv;
      }
      case "ConvTranspose" -> {
        checkPadding(node);
        node.without("output_shape");
        checkSides(node);
        yield WindowOperators::convTranspose;
      }
      case "MaxPool" -> pool(node, PoolSpec.Mode.MAX);
      case "AveragePool" ->
          pool(
              node,
              node.flag("count_include_pad")
                  ? PoolSpec.Mode.AVERAGE
                  : PoolSpec.Mode.AVERAGE_EXCLUDE_PADDING);
      case "LRN" -> lrn(node);
      case "BatchNormalization" -> {
        node.only("training_mode", 0);
        yield WindowOperators::batchNorm;
      }
      case "LayerNormalization" -> WindowOperators::layerNorm;
      case "InstanceNormalization" -> c -> groupNorm(c, c.tensor(0).dim(1));
      case "GroupNormalization" -> c -> groupNorm(c, node.whole("num_groups", 1));
      case "Resize" -> ResizeOperator.of(node);
      case "RNN", "LSTM", "GRU" -> RecurrentOperator.of(node);
      default -> null;
    };
  }

  private static void checkPadding(StoredNode node) {
    String auto = node.text("auto_pad", "NOTSET");
    if (!auto.equals("NOTSET") && !auto.equals("VALID")) {
      throw node.refused("pads by itself, " + auto, "export with the padding as numbers");
    }
  }

  private static void checkSides(StoredNode node) {
    int[] pads = node.wholes("pads");
    for (int a = 0; a < pads.length / 2; a++) {
      if (pads[a] != pads[pads.length / 2 + a]) {
        throw node.refused(
            "pads more on one side than on the other, " + Arrays.toString(pads), "pad alike");
      }
    }
  }

  private static Windows windows(StoredNode node, int... kernel) {
    int axes = kernel.length;
    int[] none = new int[axes];
    int[] ones = new int[axes];
    Arrays.fill(ones, 1);
    int[] pads = node.wholes("pads");
    int[] before = pads.length == 0 ? none : Arrays.copyOf(pads, axes);
    return new Windows(
        Shape.of(kernel),
        Shape.of(or(node.wholes("strides"), ones)),
        Shape.of(before),
        Shape.of(or(node.wholes("dilations"), ones)));
  }

  private static int[] or(int[] given, int[] otherwise) {
    return given.length == 0 ? otherwise : given;
  }

  private static int[] kernel(Tensor weight) {
    int[] dims = weight.shape().toArray();
    return Arrays.copyOfRange(dims, 2, dims.length);
  }

  private static List<Item> conv(Call c) {
    StoredNode node = c.node();
    Tensor x = c.tensor(0);
    Tensor weight = c.tensor(1);
    Windows w = windows(node, kernel(weight));
    int[] pads = node.wholes("pads");
    int axes = w.axes();
    if (pads.length > 0 && !Arrays.equals(pads, 0, axes, pads, axes, 2 * axes)) {
      x = x.pad(widths(pads));
      w = w.withPadding(Shape.of(new int[axes]));
    }
    int groups = node.whole("group", 1);
    ConvPlan plan = ConvPlan.of(node.name(), w, groups, x, weight.shape(), UnaryOp.IDENTITY);
    return Call.one(Convolution.conv(plan, x, weight, c.tensorOrNull(2)));
  }

  private static List<Item> convTranspose(Call c) {
    StoredNode node = c.node();
    Tensor x = c.tensor(0);
    Tensor weight = c.tensor(1);
    Windows w = windows(node, kernel(weight));
    Shape more = Shape.of(or(node.wholes("output_padding"), new int[w.axes()]));
    ConvPlan plan =
        ConvPlan.transposed(node.name(), w, more, node.whole("group", 1), x, weight.shape());
    return Call.one(Convolution.convTranspose(plan, x, weight, c.tensorOrNull(2)));
  }

  private static Operator pool(StoredNode node, PoolSpec.Mode mode) {
    checkPadding(node);
    node.only("storage_order", 0);
    if (node.outputs().size() > 1) {
      throw node.refused("gives the places of the maxima", "export without these");
    }
    int[] kernel = node.wholes("kernel_shape");
    int axes = kernel.length;
    int[] pads = node.wholes("pads");
    boolean plain = true;
    for (int a = 0; a < pads.length / 2; a++) {
      plain &= pads[a] == pads[axes + a] && 2 * pads[a] <= kernel[a];
    }
    boolean up = node.flag("ceil_mode");
    if (plain) {
      Windows w = windows(node, kernel);
      return c -> Call.one(pooled(c, mode, w, up, c.tensor(0)));
    }
    if (up) {
      checkSides(node);
      throw node.refused("pads by more than half a window, and rounds up", "pad by less");
    }
    Windows w = windows(node, kernel).withPadding(Shape.of(new int[axes]));
    int[] widths = widths(pads);
    return switch (mode) {
      case MAX -> {
        float lowest = Float.NEGATIVE_INFINITY;
        yield c -> {
          Tensor padded = Padding.pad(c.tensor(0), Padding.Mode.CONSTANT, lowest, widths);
          return Call.one(pooled(c, mode, w, false, padded));
        };
      }
      case AVERAGE_EXCLUDE_PADDING ->
          c -> {
            Tensor x = c.tensor(0);
            Tensor ones = c.step().full(1, x.shape().with(0, 1).with(1, 1).toArray());
            Tensor sums = pooled(c, PoolSpec.Mode.AVERAGE, w, false, x.pad(widths));
            Tensor counts = pooled(c, PoolSpec.Mode.AVERAGE, w, false, ones.pad(widths));
            return Call.one(sums.div(counts));
          };
      default -> c -> Call.one(pooled(c, mode, w, false, c.tensor(0).pad(widths)));
    };
  }

  private static Tensor pooled(Call c, PoolSpec.Mode mode, Windows w, boolean up, Tensor x) {
    return Pooling.pool(PoolPlan.of(c.node().name(), mode, w, up, x), x);
  }

  /** Returns pads as {@link Padding} takes them: two for each axis, from the last on. */
  static int[] widths(int... pads) {
    int axes = pads.length / 2;
    int[] widths = new int[2 * axes];
    for (int a = 0; a < axes; a++) {
      widths[2 * (axes - 1 - a)] = pads[a];
      widths[2 * (axes - 1 - a) + 1] = pads[axes + a];
    }
    return widths;
  }

  private static Operator lrn(StoredNode node) {
    int size = node.whole("size", 0);
    if (size < 1 || size % 2 == 0) {
      throw node.refused("has a window of " + size, "an odd number is read");
    }
    float alpha = node.number("alpha", 1e-4f);
    float beta = node.number("beta", 0.75f);
    float bias = node.number("bias", 1);
    return c -> Call.one(LocalResponse.localResponseNorm(c.tensor(0), size, alpha, beta, bias));
  }

  private static List<Item> batchNorm(Call c) {
    Tensor x = c.tensor(0);
    int[] channels = new int[Math.max(1, x.shape().rank() - 1)];
    Arrays.fill(channels, 1);
    channels[0] = x.dim(1);
    Tensor variance = c.tensor(4).add(c.node().number("epsilon", 1e-5f));
    Tensor scale = c.tensor(1).div(variance.sqrt());
    Tensor shift = c.tensor(2).sub(c.tensor(3).mul(scale));
    return Call.one(x.mul(scale.reshape(channels)).add(shift.reshape(channels)));
  }

  private static List<Item> layerNorm(Call c) {
    Tensor x = c.tensor(0);
    int axis = c.axis(c.node().whole("axis", -1), x.shape().rank());
    Shape normalized = x.shape().tail(axis);
    Normalization.Affine affine = new Normalization.Affine(c.tensor(1), c.tensorOrNull(2));
    float eps = c.node().number("epsilon", 1e-5f);
    return Call.one(RowNormalization.layerNorm(x, normalized, affine, eps));
  }

  /** Scale and shift are one for each channel; opset 18 had one for each group. */
  private static List<Item> groupNorm(Call c, int groups) {
    Tensor x = c.tensor(0);
    Tensor scale = c.tensor(1);
    if (x.shape().rank() < 2 || scale.shape().size() != x.dim(1)) {
      throw c.node()
          .refused(
              "scales input %s by %s".formatted(x.shape(), scale.shape()),
              "one number for each channel is read: export with opset_version=21");
    }
    Normalization.Affine affine = new Normalization.Affine(scale, c.tensor(2));
    float eps = c.node().number("epsilon", 1e-5f);
    return Call.one(RowNormalization.groupNorm(x, groups, affine, eps));
  }
}
