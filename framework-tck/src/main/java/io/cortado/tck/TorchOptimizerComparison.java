package io.cortado.tck;

import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.tanh;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.Embedding;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.LBFGS;
import io.cortado.optim.Muon;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import io.cortado.tck.TorchFixtures.Case;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How far an optimizer is from PyTorch's after the steps of a recorded case.
 *
 * @param torchClass the class of torch.optim
 * @param name the case's name: the class and its options
 * @param parameterError the largest relative error of a parameter
 * @param stateError the largest relative error of the optimizer's state, which PyTorch names alike;
 *     NaN where none is compared
 * @param numbers what was computed and what was expected, for messages
 */
record TorchOptimizerComparison(
    String torchClass, String name, double parameterError, double stateError, String numbers) {

  private static final String FAMILY = "torch_optim";
  private static final String AVERAGED = "AveragedModel";
  private static final int STEPS = 50;
  private static final int STEPS_OF_A_RATE = 20;
  private static final int LATE = 40;
  private static final double DECAY_OF_BIASES = 0.05;

  /** Returns all recorded cases. */
  static Stream<Case> cases() {
    return TorchFixtures.cases(FAMILY);
  }

  /** Runs all recorded cases on a device. */
  static List<TorchOptimizerComparison> compareAll(Device device) {
    return cases().map(c -> compare(device, c)).toList();
  }

  /** Runs one recorded case on a device. */
  static TorchOptimizerComparison compare(Device device, Case c) {
    return TorchLossOptions.torchClass(c).equals(AVERAGED)
        ? averaged(device, c)
        : trained(device, c);
  }

  /** The network of record_optimizers.py, and what it is trained with. */
  private record Training(Sequential model, Tensor[] x, Tensor t) {

    static Training of(Device device, Case c, boolean sparse) {
      Sequential model =
          sparse
              ? sequential(new Embedding(9, 3).sparse(true))
              : sequential(linear(3, 4), tanh(), linear(4, 2));
      model.init(device, 0);
      model.namedParameters().forEach((name, p) -> p.value().set(c.floats("p." + name)));
      Tensor[] x = sparse ? rows(device, c) : new Tensor[] {c.on(device, "x")};
      return new Training(model, x, c.on(device, "t"));
    }

    /** Returns each step's numbers of rows. */
    private static Tensor[] rows(Device device, Case c) {
      int each = c.shape("x")[1];
      int[] all = c.on(device, "x").toIntArray();
      Tensor[] steps = new Tensor[STEPS];
      for (int i = 0; i < STEPS; i++) {
        steps[i] = device.tensor(Arrays.copyOfRange(all, i * each, (i + 1) * each), each);
      }
      return steps;
    }

    Tensor loss(int number, boolean negative) {
      Tensor loss = mse().forward(model.forward(x[number % x.length]), t);
      return negative ? loss.neg() : loss;
    }

    void step(int number, Optimizer optimizer, boolean maximize) {
      if (optimizer instanceof LBFGS lbfgs) {
        double unused = lbfgs.step(this::backward);
        return;
      }
      try (Step _ = model.device().step()) {
        loss(number, maximize).backward();
        optimizer.step();
      }
    }

    private Tensor backward() {
      Tensor loss = loss(0, false);
      loss.backward();
      return loss;
    }

    /** Returns the largest error of the parameters. */
    double error(Case c, StringBuilder numbers) {
      double largest = 0;
      for (Map.Entry<String, Parameter> e : model.namedParameters().entrySet()) {
        float[] actual = e.getValue().value().toFloatArray();
        float[] expected = c.floats("q." + e.getKey());
        largest = Math.max(largest, TorchLosses.error(e.getKey(), actual, expected, numbers));
      }
      return largest;
    }
  }

  private static TorchOptimizerComparison trained(Device device, Case c) {
    TorchLossOptions options = new TorchLossOptions(c);
    String torchClass = TorchLossOptions.torchClass(c);
    Optimizer optimizer = TorchOptimizers.make(torchClass, options);
    boolean maximize = options.is("maximize", "True");
    boolean rates = options.is("data", "rates");
    boolean sparse = options.is("data", "sparse");
    if (options.is("data", "groups")) {
      optimizer.group(p -> p.shape().rank() == 1, 2 * optimizer.lr(), DECAY_OF_BIASES);
    }
    int[] steps = {STEPS};
    options.integer("steps", count -> steps[0] = count);
    options.checkAllAsked();
    Training training = Training.of(device, c, sparse);
    if (optimizer instanceof Muon) {
      optimizer.attach(training.model, p -> p.shape().rank() == 2);
    } else {
      optimizer.attach(training.model);
    }
    for (int i = 0; i < steps[0]; i++) {
      if (rates && i > 0 && i % STEPS_OF_A_RATE == 0) {
        optimizer.setLr(optimizer.lr() / 2);
      }
      training.step(i, optimizer, maximize);
    }
    StringBuilder numbers = new StringBuilder();
    double error = training.error(c, numbers);
    double stateError = Double.NaN;
    Map<String, Tensor> state = optimizer.stateDict();
    for (String name : c.tensors("s.")) {
      Tensor t = state.get(name);
      if (t == null) {
        throw new AssertionError(c + ": there is no state " + name + ", only " + state.keySet());
      }
      double e = TorchLosses.error(name, t.toFloatArray(), c.floats("s." + name), numbers);
      stateError = Double.isNaN(stateError) ? e : Math.max(stateError, e);
    }
    return new TorchOptimizerComparison(
        torchClass, c.name(), error, stateError, numbers.toString());
  }

  private static TorchOptimizerComparison averaged(Device device, Case c) {
    TorchLossOptions options = new TorchLossOptions(c);
    Training training = Training.of(device, c, false);
    Optimizer optimizer = new SGD(0.1).momentum(0.9).attach(training.model);
    AveragedModel average = new AveragedModel(training.model);
    boolean late = options.is("avg_fn", "late");
    if (options.is("avg_fn", "ema")) {
      average.avgFn(AveragedModel.getEmaAvgFn(0.9));
    } else if (options.is("avg_fn", "custom")) {
      average.avgFn((a, p, n) -> a.mul(n).add(p.mul(2)).div(n.add(2)));
    }
    options.checkAllAsked();
    for (int i = 0; i < STEPS; i++) {
      training.step(i, optimizer, false);
      if (i % 2 == 1 && (!late || i > LATE)) {
        average.updateParameters();
      }
    }
    StringBuilder numbers = new StringBuilder();
    float[] own = training.model.store().toFloatArray();
    double error;
    try (AveragedModel.Use _ = average.use()) {
      error = training.error(c, numbers);
    }
    boolean same = Arrays.equals(own, training.model.store().toFloatArray());
    return new TorchOptimizerComparison(
        AVERAGED,
        c.name(),
        same ? error : Double.POSITIVE_INFINITY,
        Double.NaN,
        numbers.toString());
  }
}
