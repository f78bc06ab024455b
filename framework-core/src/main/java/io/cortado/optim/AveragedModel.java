package io.cortado.optim;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An average of a model's weights over training, which often predicts better than the last ones.
 *
 * <pre>{@code
 * AveragedModel average = new AveragedModel(model).avgFn(AveragedModel.getEmaAvgFn(0.999));
 * ...
 * optimizer.step();
 * average.updateParameters();
 * ...
 * try (AveragedModel.Use _ = average.use()) {   // the model has the averaged weights in here
 *   Inference.evaluate(model, test, 256, accuracy());
 * }
 * }</pre>
 *
 * <p>{@link io.cortado.train.Trainer#average} does that in each step, measures the average, and
 * keeps it in checkpoints.
 *
 * <p>PyTorch's has a copy of the model; this one has the averages alone, in one flat buffer that an
 * update goes through once, and lends them to the model. The first update copies the weights. State
 * such as running means is the model's own, unless it is averaged too by {@link #useBuffers};
 * {@link SwaUtils#updateBn} computes it anew for the averaged weights.
 *
 * @see <a href="https://arxiv.org/abs/1803.05407">Izmailov et al., Averaging Weights Leads to Wider
 *     Optima and Better Generalization (2018)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.AveragedModel.html">torch.optim.swa_utils.AveragedModel</a>
 */
public final class AveragedModel {

  private static final int ROW = 64; // a flat buffer's length is a multiple of it

  /** How an average takes in new weights, element by element. */
  @FunctionalInterface
  public interface AvgFn {

    /**
     * Returns the new average.
     *
     * @param average the one so far
     * @param parameter the new weight
     * @param numAveraged how many weights the average is of, at least 1
     */
    Expr of(Expr average, Expr parameter, Expr numAveraged);
  }

  /** Averaged weights lent to the model; closing gives it its own again. */
  @FunctionalInterface
  public interface Use extends AutoCloseable {
    @Override
    void close();
  }

  /** Returns the mean of all weights: {@code average + (p - average) / (numAveraged + 1)}. */
  public static AvgFn getSwaAvgFn() {
    return (average, p, n) -> average.add(p.sub(average).div(n.add(1)));
  }

  /** Returns the exponential moving average with PyTorch's decay, 0.999. */
  public static AvgFn getEmaAvgFn() {
    return getEmaAvgFn(0.999);
  }

  /**
   * Returns the exponential moving average, {@code decay average + (1 - decay) p}.
   *
   * @throws IllegalArgumentException if the decay is not from 0 to 1
   */
  public static AvgFn getEmaAvgFn(double decay) {
    if (!(decay >= 0 && decay <= 1)) {
      throw OptionChecks.wrong("getEmaAvgFn", "decay", decay, "from 0 to 1; 0.999 is usual");
    }
    return (average, p, _) -> ProgramOptimizer.mean(decay, average, p);
  }

  /** A piece of memory and its average. */
  private record Part(Shape shape, Buffer value, Buffer average) {}

  private final Module model;
  private final Device device;
  private final List<Part> parts = new ArrayList<>();
  private final Tensor numAveraged;
  private AvgFn avgFn = getSwaAvgFn();
  private List<RunCalls.Call> calls = List.of();
  private Map<String, Tensor> state = Map.of();
  private boolean buffers;
  private boolean updated;
  private boolean lent;

  /**
   * Makes an average of the weights of a model, of none yet.
   *
   * @throws IllegalStateException if the model was not initialised
   */
  public AveragedModel(Module model) {
    this.model = model;
    ParameterStore store = model.store();
    device = store.device();
    numAveraged = device.root().zeros();
    Shape flat = Shape.of(Math.toIntExact(store.size() / ROW), ROW);
    add(flat, store.values(), store.size());
  }

  private void add(Shape shape, Buffer value, long size) {
    Scope root = device.root();
    Buffer average = root.scratch(DType.FLOAT32, size);
    device.backend().fill(average, size, 0);
    parts.add(new Part(shape, value, average));
  }

  /** Returns the model whose weights are averaged. */
  public Module module() {
    return model;
  }

  /** Sets how new weights are taken in; at first the mean of all, {@link #getSwaAvgFn}. */
  public AveragedModel avgFn(AvgFn function) {
    checkUnused("avgFn");
    avgFn = function;
    return this;
  }

  /** Averages the model's state of floats, such as running means, as well as its parameters. */
  public AveragedModel useBuffers(boolean on) {
    checkUnused("useBuffers");
    if (on && !buffers) {
      Map<String, Tensor> state = new LinkedHashMap<>(model.stateDict());
      state.keySet().removeAll(model.namedParameters().keySet());
      for (Tensor t : state.values()) {
        if (t.dtype() == DType.FLOAT32) {
          add(t.shape(), t.buffer(), t.size());
        }
      }
    } else if (!on && buffers) {
      parts.subList(1, parts.size()).clear();
    }
    buffers = on;
    state = Map.of();
    return this;
  }

  private void checkUnused(String option) {
    if (updated) {
      throw new IllegalStateException(
          "AveragedModel: set " + option + " before the first updateParameters()");
    }
  }

  /**
   * Takes in the model's weights as they are now.
   *
   * @throws IllegalStateException if the model has the average lent at the moment
   */
  public void updateParameters() {
    if (lent) {
      throw new IllegalStateException(
          "AveragedModel: the model has the averaged weights at the moment; close what use() gave first");
    }
    if (!updated) {
      calls = calls();
      updated = true;
    }
    for (RunCalls.Call call : calls) {
      call.on(device.backend());
    }
  }

  private List<RunCalls.Call> calls() {
    List<RunCalls.Call> made = new ArrayList<>();
    RunCalls.Input n = new RunCalls.Input(numAveraged.buffer(), Shape.scalar());
    for (Part part : parts) {
      made.add(
          RunCalls.program(
              part.shape,
              List.of(
                  new RunCalls.Input(part.average, part.shape),
                  new RunCalls.Input(part.value, part.shape),
                  n),
              in -> {
                Expr some = avgFn.of(in.get(0), in.get(1), in.get(2));
                return List.of(in.get(2).where(some, in.get(1)));
              },
              List.of(part.average)));
    }
    made.add(
        RunCalls.program(
            Shape.scalar(),
            List.of(n),
            in -> List.of(in.getFirst().add(1)),
            List.of(numAveraged.buffer())));
    return List.copyOf(made);
  }

  /** Returns how many weights the average is of; waits for the device. */
  public long nAveraged() {
    return (long) numAveraged.item();
  }

  /**
   * Gives the model the averaged weights until the result is closed; its own are kept meanwhile.
   *
   * @throws IllegalStateException if there is no average yet, or it is lent already
   */
  public Use use() {
    if (lent || nAveraged() == 0) {
      throw new IllegalStateException(
          lent
              ? "AveragedModel: the model has the averaged weights already"
              : "AveragedModel: nothing was averaged yet; call updateParameters() first");
    }
    exchange();
    lent = true;
    return () -> {
      if (lent) {
        exchange();
        lent = false;
      }
    };
  }

  private void exchange() {
    Backend backend = device.backend();
    for (Part part : parts) {
      RunCalls.program(
              part.shape,
              List.of(
                  new RunCalls.Input(part.value, part.shape),
                  new RunCalls.Input(part.average, part.shape)),
              in -> List.of(in.get(1), in.get(0)),
              List.of(part.value, part.average))
          .on(backend);
    }
    for (Parameter p : model.parameters()) {
      p.value().markOverwritten();
    }
  }

  /**
   * Returns what has to be saved for averaging to go on: {@code n_averaged}, and the averages by
   * the parameters' names with {@code module.} before them, as PyTorch names them.
   *
   * <p>The tensors are the average's own: setting them changes it. Averages of state, by {@link
   * #useBuffers}, are {@code buffer.0} and so on.
   */
  public Map<String, Tensor> stateDict() {
    if (state.isEmpty()) {
      state = Collections.unmodifiableMap(tensors());
    }
    return state;
  }

  private Map<String, Tensor> tensors() {
    Scope root = device.root();
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("n_averaged", numAveraged);
    for (Parameter p : model.parameters()) {
      Buffer slice = device.backend().slice(parts.getFirst().average, p.offset(), p.shape().size());
      all.put("module." + p.name(), Tensor.over(root, p.shape(), slice));
    }
    for (int i = 1; i < parts.size(); i++) {
      Part part = parts.get(i);
      all.put("buffer." + (i - 1), Tensor.over(root, part.shape, part.average));
    }
    return all;
  }
}
