package io.cortado.models.classify;

import io.cortado.models.Suggestions;
import io.cortado.optim.Adam;
import io.cortado.optim.AdamW;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.util.Arrays;
import java.util.Locale;

/** The optimizers that a recipe can name. */
public enum OptimizerKind {
  /** Stochastic gradient descent with a momentum of 0.9. */
  SGD(0.05) {
    @Override
    public Optimizer create(double lr, double weightDecay) {
      return new SGD(lr).momentum(0.9).weightDecay(weightDecay);
    }
  },
  /** Adam, weight decay as a part of the gradient. */
  ADAM(1e-3) {
    @Override
    public Optimizer create(double lr, double weightDecay) {
      return new Adam(lr).weightDecay(weightDecay);
    }
  },
  /** Adam with decoupled weight decay. */
  ADAMW(1e-3) {
    @Override
    public Optimizer create(double lr, double weightDecay) {
      return new AdamW(lr).weightDecay(weightDecay);
    }
  };

  private final double usualLr;

  OptimizerKind(double usualLr) {
    this.usualLr = usualLr;
  }

  /** Makes an optimizer. */
  public abstract Optimizer create(double lr, double weightDecay);

  /** Returns the learning rate to start from where nothing is known. */
  public double usualLr() {
    return usualLr;
  }

  /** Returns the name that users give: sgd, adam or adamw. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds an optimizer by the name that users give.
   *
   * @throws io.cortado.models.InputException if there is none
   */
  public static OptimizerKind of(String name) {
    return Arrays.stream(values())
        .filter(k -> k.label().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            Suggestions.unknown(
                "optimizer", name, Arrays.stream(values()).map(OptimizerKind::label).toList()));
  }
}
