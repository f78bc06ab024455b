package io.cortado.models.lenet;

import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.scaledTanh;
import static io.cortado.nn.Layers.sequential;

import io.cortado.models.InputException;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.ZooModel;
import io.cortado.models.classify.Augmentation;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
import io.cortado.models.classify.OptimizerKind;
import io.cortado.models.classify.Recipe;
import io.cortado.nn.Sequential;
import java.util.List;

/**
 * LeNet-5, the convolutional network that read the digits on bank cheques.
 *
 * <p>Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
 * recognition", Proceedings of the IEEE 86(11), 1998. Figure 2 there shows these layers, for a
 * digit of 28 x 28 in a field of 32 x 32:
 *
 * <pre>
 *   C1  convolution 5 x 5     6 maps of 28 x 28       S2  subsampling by 2    6 maps of 14 x 14
 *   C3  convolution 5 x 5    16 maps of 10 x 10       S4  subsampling by 2   16 maps of 5 x 5
 *   C5  full                120 units                 F6  full               84 units
 *   output                   10 classes
 * </pre>
 *
 * <p>Variant {@code 1998} keeps the paper's squashing function {@code 1.7159 tanh(2 x / 3)} and
 * subsamples by the mean. It departs from the paper where everybody has since:
 *
 * <ul>
 *   <li>S2 and S4 have no trained coefficient and bias, and no squashing of their own; C1 and C3
 *       are squashed instead.
 *   <li>Each map of C3 sees all six maps of S2; the paper's table I leaves some out.
 *   <li>The output is linear, trained by cross-entropy; the paper measures the distance of F6 to a
 *       drawing of each character (radial basis functions).
 *   <li>AdamW and a cosine schedule replace the stochastic diagonal Levenberg-Marquardt method.
 * </ul>
 *
 * <p>Variant {@code modern} has rectified units and takes the largest instead of the mean. It is
 * the usual one for Fashion-MNIST, where its validation accuracy is more than a point higher; on
 * MNIST the two are level.
 */
public final class LeNet5 {

  private static final String CLASSIC = "1998";
  private static final String MODERN = "modern";
  private static final String FASHION = "fashion-mnist";

  /** The least extent that leaves S4 with a pixel. */
  private static final int MIN_SIDE = 12;

  private LeNet5() {}

  /** Returns the 1998 form. */
  public static Sequential classic(int channels, int height, int width, int classes) {
    return sequential(
        conv2d(channels, 6, 5).padding(2), // the two pixels that make 32 of 28
        scaledTanh(),
        avgPool2d(2),
        conv2d(6, 16, 5),
        scaledTanh(),
        avgPool2d(2),
        flatten(),
        linear(16 * afterS4(height) * afterS4(width), 120),
        scaledTanh(),
        linear(120, 84),
        scaledTanh(),
        linear(84, classes));
  }

  /** Returns the form with rectified units and max pooling. */
  public static Sequential modern(int channels, int height, int width, int classes) {
    return sequential(
        conv2d(channels, 6, 5).padding(2),
        relu(),
        maxPool2d(2),
        conv2d(6, 16, 5),
        relu(),
        maxPool2d(2),
        flatten(),
        linear(16 * afterS4(height) * afterS4(width), 120),
        relu(),
        linear(120, 84),
        relu(),
        linear(84, classes));
  }

  /** C1 keeps the extent, S2 halves it, C3 takes 4 off, S4 halves again: 28 becomes 5. */
  private static int afterS4(int side) {
    return (side / 2 - 4) / 2;
  }

  /** Returns the zoo's model. */
  public static ZooModel model() {
    return new ImageClassifier(
        entry(),
        List.of(
            Trial.of(
                "LeNet-5 on MNIST",
                "--data mnist --variant 1998",
                "test accuracy",
                Goal.atLeast(0.9905),
                3,
                "0.9905 in the paper, without distortions"),
            Trial.of(
                "LeNet-5 on Fashion-MNIST",
                "--data fashion-mnist",
                "test accuracy",
                Goal.atLeast(0.90),
                3,
                "0.916 for two convolutions and pooling, in the data set's list of benchmarks")),
        List.of(
            Trial.floor(
                "LeNet-5, an epoch of MNIST",
                "--data mnist --epochs 1",
                "test accuracy",
                Goal.atLeast(0.965))));
  }

  /** Returns how the classifier is built and trained. */
  static ModelEntry entry() {
    return new ModelEntry(
        "lenet5",
        "LeNet-5, the convolutional network of LeCun et al. 1998",
        List.of(CLASSIC, MODERN),
        data -> data.equals(FASHION) ? MODERN : CLASSIC,
        "mnist",
        LeNet5::build,
        LeNet5::recipe);
  }

  private static Sequential build(ImageModel d) {
    int[] image = d.input().toArray();
    if (image.length != 3 || image[1] < MIN_SIDE || image[2] < MIN_SIDE) {
      throw new InputException(
          "lenet5 needs images of at least %d x %d pixels, but those of %s are %s; give other --data, or train mlp"
              .formatted(MIN_SIDE, MIN_SIDE, d.data(), d.input()));
    }
    return d.variant().equals(MODERN)
        ? modern(image[0], image[1], image[2], d.classes().size())
        : classic(image[0], image[1], image[2], d.classes().size());
  }

  /** Chosen by validation accuracy. Clothes may be mirrored; most digits may not. */
  private static Recipe recipe(ImageModel d) {
    return d.data().equals(FASHION)
        ? new Recipe(OptimizerKind.ADAMW, 2e-3, 0.01, 15, 64, Augmentation.FLIP)
        : new Recipe(OptimizerKind.ADAMW, 2e-3, 0.01, 12, 64, Augmentation.SHIFT);
  }
}
