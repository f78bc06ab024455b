package io.cortado.models.mlp;

import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import java.util.List;

/** The rows of the zoo's tables for {@link TableMlp}: one for each task, loss and output. */
final class MlpTrials {

  static final List<Trial> FULL =
      List.of(
          Trial.of(
              "MLP on MNIST",
              "--data mnist",
              "test accuracy",
              Goal.atLeast(0.98),
              3,
              "0.9695 for 784-300-100-10 in LeCun et al. 1998"));

  static final List<Trial> QUICK =
      List.of(
          Trial.floor(
              "MLP on digits",
              "--data digits --epochs 25",
              "test accuracy",
              Goal.atLeast(0.92)),
          Trial.floor("MLP tells numbers", "--task regression", "test R2", Goal.atLeast(0.35)),
          Trial.floor("MLP tells two classes", "--task binary", "test accuracy", Goal.atLeast(0.9)),
          Trial.floor(
              "MLP tells classes", "--task multiclass", "test accuracy", Goal.atLeast(0.9)),
          Trial.floor(
              "MLP tells labels",
              "--task multilabel --epochs 30",
              "micro F1",
              Goal.atLeast(0.7)));

  private MlpTrials() {}
}
