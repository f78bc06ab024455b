package io.cortado.models.mlp;

import static io.cortado.nn.Layers.identity;
import static io.cortado.nn.Layers.sigmoid;
import static io.cortado.nn.Layers.tanh;

import io.cortado.models.InputException;
import io.cortado.models.Suggestions;
import io.cortado.models.classify.TestResult;
import io.cortado.models.data.Standardizer;
import io.cortado.nn.Layer;
import java.util.Arrays;
import java.util.List;

/**
 * How what is to be told becomes numbers to train on, and outputs become answers again.
 *
 * <pre>
 *   regression   mse    linear outputs and targets of mean 0 and deviation 1,
 *                       sigmoid outputs and targets from 0.1 to 0.9, tanh outputs and -0.8 to 0.8
 *   binary,      bce    a logit and 0 or 1
 *   multilabel   mse01  a sigmoid output and 0 or 1
 *                mse11  a tanh output and -1 or 1
 *   multiclass   ce     logits and the class
 *                mse    linear outputs and 1 for the class, 0 for each other
 * </pre>
 *
 * @param loss which of the task's losses
 * @param output linear, sigmoid or tanh
 * @param smoothing how much of a class's or label's 1 is spread over what it is not; of bce and ce
 */
record Coding(Task task, String loss, String output, double smoothing) {

  private static final List<String> OUTPUTS = List.of("linear", "sigmoid", "tanh");

  /**
   * Makes a coding for each loss or, in regression, for each kind of output.
   *
   * @param losses the user's; none for the task's usual one
   * @param outputs the user's, for regression alone; none for linear ones
   * @throws InputException if a name is unknown, or outputs are chosen where the loss chooses them
   */
  static List<Coding> of(Task task, List<String> losses, List<String> outputs) {
    for (String loss : losses) {
      if (!task.losses().contains(loss)) {
        throw Suggestions.unknown("loss for --task " + task.label(), loss, task.losses());
      }
    }
    if (task == Task.REGRESSION) {
      List<String> ends = outputs.isEmpty() ? List.of("linear") : outputs;
      for (String output : ends) {
        if (!OUTPUTS.contains(output)) {
          throw Suggestions.unknown("output", output, OUTPUTS);
        }
      }
      return ends.stream().distinct().map(o -> new Coding(task, "mse", o, 0)).toList();
    }
    if (!outputs.isEmpty()) {
      throw new InputException(
          "--output is for --task regression; in a classification the loss chooses the output");
    }
    List<String> used = losses.isEmpty() ? task.losses().subList(0, 1) : losses;
    return used.stream().distinct().map(l -> new Coding(task, l, end(l), 0)).toList();
  }

  private static String end(String loss) {
    return switch (loss) {
      case "mse01" -> "sigmoid";
      case "mse11" -> "tanh";
      default -> "linear";
    };
  }

  /** Returns what tells it from others of its task. */
  String label() {
    return task == Task.REGRESSION ? output : loss;
  }

  /** Returns the network's last layer. */
  Layer end() {
    return switch (output) {
      case "sigmoid" -> sigmoid();
      case "tanh" -> tanh();
      default -> identity();
    };
  }

  /** Says whether the target is a class's number. */
  boolean isClass() {
    return loss.equals("ce");
  }

  /** Says whether it is a cross-entropy, in which a class can count more than another. */
  boolean canWeigh() {
    return loss.equals("ce") || loss.equals("bce");
  }

  /**
   * Returns it with labels smoothed, where its loss is a cross-entropy; other losses stay as they
   * are (C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
   * section 7).
   */
  Coding smoothed(double share) {
    return canWeigh() ? new Coding(task, loss, output, share) : this;
  }

  /** Returns the number to train on for a label that is there or not. */
  float code(boolean there) {
    if (loss.equals("bce")) {
      return (float) (there ? 1 - smoothing / 2 : smoothing / 2);
    }
    return there ? 1 : loss.equals("mse11") ? -1 : 0;
  }

  /** Returns the scaling of a regression's targets, by the training rows alone. */
  Standardizer scaling(List<float[]> values, int[] training) {
    Standardizer usual = Standardizer.of(values, training);
    if (output.equals("linear")) {
      return usual;
    }
    double low = output.equals("tanh") ? -0.8 : 0.1;
    double high = output.equals("tanh") ? 0.8 : 0.9;
    float[] shift = usual.mean().clone();
    float[] scale = usual.deviation().clone();
    for (int c = 0; c < shift.length; c++) {
      int column = c;
      double least =
          Arrays.stream(training).mapToDouble(r -> values.get(r)[column]).min().orElse(0);
      double most = Arrays.stream(training).mapToDouble(r -> values.get(r)[column]).max().orElse(1);
      double width = most > least ? (most - least) / (high - low) : 1;
      scale[c] = (float) width;
      shift[c] = (float) (least - low * width);
    }
    return new Standardizer(shift, scale);
  }

  /**
   * Turns a classification's outputs into scores from 0 to 1, or of a sum of 1.
   *
   * @param columns outputs of one row
   */
  float[] scores(float[] outputs, int columns) {
    float[] scores = outputs.clone();
    if (loss.equals("ce")) {
      for (int i = 0; i < outputs.length; i += columns) {
        float[] p = TestResult.softmax(Arrays.copyOfRange(outputs, i, i + columns));
        System.arraycopy(p, 0, scores, i, columns);
      }
      return scores;
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] =
          switch (loss) {
            case "bce" -> (float) (1 / (1 + Math.exp(-outputs[i])));
            case "mse11" -> (outputs[i] + 1) / 2;
            default -> outputs[i];
          };
    }
    return scores;
  }
}
