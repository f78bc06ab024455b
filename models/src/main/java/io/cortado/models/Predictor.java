package io.cortado.models;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A model of the zoo that {@code cortado predict} can ask something other than pictures. */
public interface Predictor {

  /**
   * Says whether it is what to ask about a file's model; models of pictures are asked otherwise.
   */
  default boolean answers(ModelDescription model) {
    return true;
  }

  /** Returns the options of {@code cortado predict} that it takes, {@code "--user"} for example. */
  Set<String> questions();

  /**
   * Answers.
   *
   * @throws InputException if the model does not know what it is asked about, or an option is
   *     missing
   */
  void answer(Question question);

  /**
   * What is asked.
   *
   * @param weights the file of the trained model
   * @param model what that file says
   * @param options what the user gave, by the option's name; all are of {@link #questions}
   * @param device where to compute
   * @param out where the answer goes
   */
  record Question(
      Path weights,
      ModelDescription model,
      Map<String, String> options,
      Device device,
      PrintWriter out) {

    /** Copies the options. */
    public Question {
      options = Map.copyOf(options);
    }

    /**
     * Returns an option's value.
     *
     * @throws InputException if it was not given
     */
    public String need(String option) {
      String value = options.get(option);
      if (value == null) {
        throw new InputException(
            "%s is of the model %s; say what is asked by %s"
                .formatted(weights, model.name(), option));
      }
      return value;
    }

    /** Returns a whole number that was checked when it was read. */
    public long whole(String option, long otherwise) {
      return Long.parseLong(options.getOrDefault(option, Long.toString(otherwise)));
    }

    /** Returns a number that was checked when it was read. */
    public double number(String option, double otherwise) {
      return Double.parseDouble(options.getOrDefault(option, Double.toString(otherwise)));
    }
  }
}
