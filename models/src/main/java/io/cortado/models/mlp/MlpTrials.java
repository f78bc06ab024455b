package io.cortado.models.mlp;

import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import java.util.List;

/** The rows of the zoo's tables for {@link TableMlp}: one for each task, loss and output. */
final class MlpTrials {

  static final List<Trial> FULL =
      List.of(
          Trial.of(
              "MLP, regression, diabetes",
              "--task regression --output linear,sigmoid,tanh",
              "test R2",
              Goal.atLeast(0.4237),
              5,
              "scikit-learn's MLP 0.1041, tuned 0.4237, linear regression 0.4564"),
          Trial.of(
              "MLP, ten numbers, cell nuclei",
              "--task regression --data cell-nuclei --output linear,sigmoid,tanh",
              "test R2",
              Goal.atLeast(0.8721),
              5,
              "scikit-learn's MLP 0.8597, tuned 0.8721, linear regression 0.8528"),
          Trial.of(
              "MLP, binary, breast cancer",
              "--task binary --loss bce,mse01,mse11",
              "test accuracy",
              Goal.atLeast(0.9646),
              5,
              "scikit-learn's MLP 0.9646, tuned 0.9540, logistic regression 0.9717"),
          Trial.of(
              "MLP, binary, spam",
              "--task binary --data spam --loss bce,mse01,mse11",
              "test accuracy",
              Goal.atLeast(0.9434),
              5,
              "scikit-learn's MLP 0.9423, tuned 0.9434, logistic regression 0.9271"),
          Trial.of(
              "MLP, binary, rare spam",
              "--task binary --data spam --thin 10",
              "recall",
              Goal.atLeast(0.7278),
              5,
              "scikit-learn's MLP 0.7278, tuned 0.7111, logistic regression 0.5944"),
          Trial.of(
              "MLP, binary, rare spam, class weights",
              "--task binary --data spam --thin 10 --class-weights",
              "recall",
              Goal.atLeast(0.75),
              5,
              "0.7500 without weights; logistic regression with weights 0.9167"),
          Trial.of(
              "MLP, multiclass, iris",
              "--task multiclass --loss ce,mse",
              "test accuracy",
              Goal.atLeast(0.9933),
              5,
              "scikit-learn's MLP 0.9933, tuned 0.9933, logistic regression 0.9800"),
          Trial.of(
              "MLP, multiclass, wine",
              "--task multiclass --data wine --loss ce,mse",
              "test accuracy",
              Goal.atLeast(0.9882),
              5,
              "scikit-learn's MLP 0.9882, tuned 0.9882, logistic regression 0.9882"),
          Trial.of(
              "MLP, multiclass, digits",
              "--task multiclass --data digits --loss ce,mse",
              "test accuracy",
              Goal.atLeast(0.9479),
              5,
              "scikit-learn's MLP 0.9479, tuned 0.9468, logistic regression 0.9377"),
          Trial.of(
              "MLP, multilabel, pairs of digits",
              "--task multilabel --loss bce,mse01,mse11",
              "micro F1",
              Goal.atLeast(0.9043),
              5,
              "scikit-learn's MLP 0.8908, tuned 0.9043, logistic regression 0.7953"),
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
              "MLP on digits", "--data digits --epochs 25", "test accuracy", Goal.atLeast(0.92)),
          Trial.floor(
              "MLP, regression", "--task regression --epochs 20", "test R2", Goal.atLeast(0.35)),
          Trial.floor(
              "MLP, binary", "--task binary --epochs 10", "test accuracy", Goal.atLeast(0.93)),
          Trial.floor(
              "MLP, multiclass, by the squared error",
              "--task multiclass --data wine --loss mse --epochs 20",
              "test accuracy",
              Goal.atLeast(0.9)),
          Trial.floor(
              "MLP, multilabel", "--task multilabel --epochs 20", "micro F1", Goal.atLeast(0.7)));

  private MlpTrials() {}
}
