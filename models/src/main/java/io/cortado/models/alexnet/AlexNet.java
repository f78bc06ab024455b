package io.cortado.models.alexnet;

import static io.cortado.nn.Layers.batchNorm2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;

import io.cortado.Shape;
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
import io.cortado.nn.Conv2d;
import io.cortado.nn.Linear;
import io.cortado.nn.LocalResponseNorm;
import io.cortado.nn.Sequential;
import io.cortado.nn.init.Initializers;
import java.util.List;

/**
 * AlexNet, the network that won ImageNet's contest of 2012.
 *
 * <p>A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet classification with deep convolutional
 * neural networks", NIPS 2012. Variant {@code 2012} is figure 2 there, with its 60,965,224
 * parameters for 1,000 classes:
 *
 * <pre>
 *   input              3 x 227 x 227
 *   convolution 11x11, stride 4       96 maps of 55 x 55    ReLU, response normalization, pooling
 *   convolution 5x5, 2 groups        256 maps of 27 x 27    ReLU, response normalization, pooling
 *   convolution 3x3                  384 maps of 13 x 13    ReLU
 *   convolution 3x3, 2 groups        384 maps of 13 x 13    ReLU
 *   convolution 3x3, 2 groups        256 maps of 13 x 13    ReLU, pooling
 *   full                           4,096 units              ReLU, dropout
 *   full                           4,096 units              ReLU, dropout
 *   full                           1,000 classes
 * </pre>
 *
 * <p>Pooling takes the largest of 3 x 3 at every second place; the groups were a convolution's
 * halves on two GPUs. The paper's text says 224 x 224, which does not give 55 x 55.
 *
 * <p>Variant {@code cifar} is made alike for CIFAR-10's 32 x 32 pixels. Batch normalization (S.
 * Ioffe and C. Szegedy, 2015) stands in for response normalization: it takes fewer epochs by far.
 */
public final class AlexNet {

  private static final String CIFAR = "cifar";
  private static final String AS_PUBLISHED = "2012";

  private static final String PLAIN = "AlexNet on CIFAR-10";
  private static final String MOVED = "AlexNet on CIFAR-10, moved, mirrored and cut, ten views";

  /** What the paper scales pictures to, and what it cuts of them. */
  private static final int SCALED = 256;

  private static final int CUT = 227;

  private AlexNet() {}

  /** Returns the network of the paper. */
  public static Sequential asPublished(int channels, int classes) {
    return sequential(
        conv(channels, 96, 11, 0).stride(4),
        relu(),
        responseNorm(),
        maxPool2d(3).stride(2),
        conv(96, 256, 5, 1).padding(2).groups(2),
        relu(),
        responseNorm(),
        maxPool2d(3).stride(2),
        conv(256, 384, 3, 0).padding(1),
        relu(),
        conv(384, 384, 3, 1).padding(1).groups(2),
        relu(),
        conv(384, 256, 3, 1).padding(1).groups(2),
        relu(),
        maxPool2d(3).stride(2),
        flatten(),
        full(256 * 6 * 6, 4096, 0.005, 1),
        relu(),
        dropout(0.5),
        full(4096, 4096, 0.005, 1),
        relu(),
        dropout(0.5),
        full(4096, classes, 0.01, 0));
  }

  /** Section 5: weights of deviation 0.01, and which biases are 1 at first. */
  private static Conv2d conv(int in, int out, int kernel, float bias) {
    return conv2d(in, out, kernel)
        .weightInit(Initializers.normal(0, 0.01f))
        .biasInit(Initializers.constant(bias));
  }

  /** The hidden layers' deviation is that of the authors' code; the paper's 0.01 is too much. */
  private static Linear full(int in, int out, double deviation, float bias) {
    return linear(in, out)
        .weightInit(Initializers.normal(0, (float) deviation))
        .biasInit(Initializers.constant(bias));
  }

  /** Section 3.3: k = 2, n = 5, alpha = 1e-4, beta = 0.75; alpha here is of the mean of n. */
  private static LocalResponseNorm responseNorm() {
    return new LocalResponseNorm(5, new LocalResponseNorm.Options(5 * 1e-4, 0.75, 2));
  }

  /** Returns the network for pictures of 32 x 32. */
  public static Sequential forCifar(int channels, int height, int width, int classes) {
    return sequential(
        conv2d(channels, 64, 3).padding(1).noBias(),
        batchNorm2d(64),
        relu(),
        maxPool2d(2),
        conv2d(64, 192, 3).padding(1).noBias(),
        batchNorm2d(192),
        relu(),
        maxPool2d(2),
        conv2d(192, 384, 3).padding(1).noBias(),
        batchNorm2d(384),
        relu(),
        conv2d(384, 256, 3).padding(1).noBias(),
        batchNorm2d(256),
        relu(),
        conv2d(256, 256, 3).padding(1).noBias(),
        batchNorm2d(256),
        relu(),
        maxPool2d(2),
        flatten(),
        dropout(0.5),
        linear(256 * (height / 8) * (width / 8), 1024),
        relu(),
        dropout(0.5),
        linear(1024, 1024),
        relu(),
        linear(1024, classes));
  }

  /** Returns the zoo's model. */
  public static ZooModel model() {
    String accuracy = "test accuracy";
    String quick = "--data digits --augment shift --epochs 6 --batch-size 64 --lr 0.02";
    String others = "0.82 and 0.89 by cuda-convnet's networks, with local response normalization";
    return new ImageClassifier(
        entry(),
        List.of(
            Trial.of(PLAIN, "--augment none --epochs 15", accuracy, Goal.atLeast(0.82), 1, others),
            Trial.of(MOVED, "--views 10", accuracy, Goal.atLeast(0.89), 1, others)),
        List.of(Trial.floor("AlexNet on digits", quick, accuracy, Goal.atLeast(0.85))));
  }

  /** Returns how the classifier is built and trained. */
  static ModelEntry entry() {
    return new ModelEntry(
            "alexnet",
            "AlexNet, the convolutional network of Krizhevsky et al. 2012",
            List.of(CIFAR, AS_PUBLISHED),
            data -> CIFAR,
            "cifar-10",
            AlexNet::build,
            AlexNet::recipe)
        .cut(AS_PUBLISHED, SCALED, CUT);
  }

  private static Sequential build(ImageModel d) {
    Shape image = d.input();
    if (d.variant().equals(AS_PUBLISHED)) {
      if (image.dim(1) != CUT || image.dim(2) != CUT) {
        throw new InputException(
            "alexnet's variant 2012 needs pictures of %d x %d or more, but those of %s are %s; give a folder of pictures as --data, or --variant cifar"
                .formatted(SCALED, SCALED, d.data(), image));
      }
      return asPublished(image.dim(0), d.classes().size());
    }
    if (image.dim(1) < 8 || image.dim(2) < 8) {
      throw new InputException(
          "alexnet halves pictures three times; " + image + " is too small: give larger ones");
    }
    return forCifar(image.dim(0), image.dim(1), image.dim(2), d.classes().size());
  }

  /** The paper's for its own form; of the other, chosen by validation accuracy. */
  private static Recipe recipe(ImageModel d) {
    return d.variant().equals(AS_PUBLISHED)
        ? new Recipe(OptimizerKind.SGD, 0.01, 5e-4, 90, 128, Augmentation.COLOR_FLIP)
        : new Recipe(OptimizerKind.SGD, 0.05, 5e-4, 40, 128, Augmentation.CUTOUT);
  }
}
