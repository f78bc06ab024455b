package io.cortado.models.mlp;

import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.sigmoid;
import static io.cortado.nn.Layers.tanh;

import io.cortado.models.InputException;
import io.cortado.models.Suggestions;
import io.cortado.nn.Layer;
import io.cortado.nn.Layers;
import io.cortado.nn.Sequential;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How a network of fully connected layers is built.
 *
 * <pre>
 *   inputs - hidden - activation - dropout - hidden - activation - dropout - ... - outputs
 * </pre>
 *
 * @param hidden the units of each hidden layer; none makes a linear model
 * @param activation relu, tanh or sigmoid
 * @param dropout which share of the hidden units is left out at each step; 0 for none
 */
public record DenseNet(List<Integer> hidden, String activation, double dropout) {

  private static final List<String> ACTIVATIONS = List.of("relu", "tanh", "sigmoid");

  /**
   * Checks the settings.
   *
   * @throws InputException if there is no such activation, or a number is out of its range
   */
  public DenseNet {
    hidden = List.copyOf(hidden);
    if (!ACTIVATIONS.contains(activation)) {
      throw Suggestions.unknown("activation", activation, ACTIVATIONS);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new InputException(
          "--dropout is " + dropout + ", it has to be at least 0 and less than 1");
    }
  }

  /** Makes some equal hidden layers without dropout. */
  public static DenseNet of(int depth, int width, String activation) {
    return new DenseNet(Collections.nCopies(depth, width), activation, 0);
  }

  /**
   * Reads numbers of units, {@code "64,32"} or {@code "none"}.
   *
   * @throws InputException if it is neither
   */
  public static List<Integer> hidden(String text) {
    List<Integer> units = new ArrayList<>();
    if (!text.equals("none")) {
      for (String part : text.split(",", -1)) {
        if (!part.strip().matches("[1-9]\\d{0,5}")) {
          throw new InputException(
              "--hidden is '" + text + "'; give units for each layer such as 64,32, or none");
        }
        units.add(Integer.parseInt(part.strip()));
      }
    }
    return units;
  }

  /**
   * Makes the network, not initialized yet.
   *
   * @param end what is done to its outputs
   */
  public Sequential build(int inputs, int outputs, Layer... end) {
    List<Layer> layers = new ArrayList<>();
    int in = inputs;
    for (int units : hidden) {
      layers.add(linear(in, units));
      layers.add(active());
      if (dropout > 0) {
        layers.add(Layers.dropout(dropout));
      }
      in = units;
    }
    layers.add(linear(in, outputs));
    layers.addAll(List.of(end));
    return sequential(layers.toArray(Layer[]::new));
  }

  private Layer active() {
    return switch (activation) {
      case "tanh" -> tanh();
      case "sigmoid" -> sigmoid();
      default -> relu();
    };
  }

  @Override
  public String toString() {
    return (hidden.isEmpty() ? "no hidden layer" : "hidden layers of " + hidden + " " + activation)
        + (dropout > 0 ? ", dropout " + dropout : "");
  }
}
