package io.cortado;

import io.cortado.autograd.BackwardFunction;
import io.cortado.autograd.Gradients;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RecordingException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one step in the order they ran, and the walk back over them.
 *
 * <p>Three parallel arrays rather than node objects, reused from step to step: recording an
 * operation allocates nothing but its backward function.
 */
final class Tape implements Gradients {

  private @Nullable Tensor[] outputs = new Tensor[64];
  private @Nullable BackwardFunction[] functions = new BackwardFunction[64];
  private String[] names = new String[64];
  private long[] writes = new long[64]; // the device's count when each was recorded
  private int[] places = new int[0]; // where each belongs, once there is an observer
  private int size;

  private @Nullable Tensor current; // the output whose backward function runs
  private int currentNode;
  private @Nullable Subset wanted; // null where every gradient is
  private boolean unit;

  void record(String name, Tensor output, BackwardFunction function) {
    if (size == outputs.length) {
      outputs = Arrays.copyOf(outputs, 2 * size);
      functions = Arrays.copyOf(functions, 2 * size);
      names = Arrays.copyOf(names, 2 * size);
      writes = Arrays.copyOf(writes, 2 * size);
    }
    DeviceObserver observer = output.device().observer();
    if (observer != null) {
      if (places.length < outputs.length) {
        places = Arrays.copyOf(places, outputs.length);
      }
      places[size] = observer.place();
    }
    outputs[size] = output;
    functions[size] = function;
    names[size] = name;
    writes[size] = output.device().writes();
    output.recordedAs(size++);
  }

  void clear() {
    Arrays.fill(outputs, 0, size, null);
    Arrays.fill(functions, 0, size, null);
    size = 0;
    current = null;
  }

  /** Returns how many operations have been recorded. */
  int size() {
    return size;
  }

  /** Forgets what was recorded since there were so many operations. */
  void truncate(int to) {
    Arrays.fill(outputs, to, size, null);
    Arrays.fill(functions, to, size, null);
    size = to;
  }

  void backward(Tensor root, @Nullable Tensor seed) {
    checkNotReplayed(root, "backward");
    if (seed != null) {
      seed(root, seed);
    } else if (Subset.isLeaf(root)) {
      Buffer one = root.scope().scratch(DType.FLOAT32, 1);
      root.device().backend().fill(one, 1, 1);
      give(root, one);
    }
    walk(root, 0, seed == null);
  }

  /** Adds to the gradient of a tensor. */
  void seed(Tensor root, Tensor seed) {
    Buffer start = root.scope().scratch(DType.FLOAT32, Math.max(1, root.size()));
    root.device().backend().copy(seed.buffer(), 0, start, 0, root.size());
    give(root, start);
  }

  /** Walks from a tensor back to an operation, perhaps while another walk is under way. */
  void walk(Tensor root, int first, boolean fromOne) {
    Tensor outerOutput = current;
    int outerNode = currentNode;
    boolean outerUnit = unit;
    int last = root.node();
    unit = fromOne;
    root.device().walking(this);
    try {
      for (int i = last; i >= first; i--) {
        Tensor y = outputs[i];
        if (y != null && (y.gradientWritten || i == last)) {
          replay(i, y);
          unit = false;
        }
      }
    } finally {
      current = outerOutput;
      currentNode = outerNode;
      unit = outerUnit;
      if (outerOutput == null) {
        root.device().walking(null);
      }
    }
  }

  /** Computes the gradients of some tensors; see {@link Step#gradients}. */
  List<Tensor> gradients(Tensor root, @Nullable Tensor seed, Tensor[] inputs) {
    Subset subset = new Subset(inputs);
    wanted = subset;
    try {
      backward(root, seed);
    } finally {
      wanted = null;
    }
    return subset.results();
  }

  /** Complains if what the backward function under way reads was changed after the forward pass. */
  void checkUnchanged(Tensor t, long written) {
    if (current != null && written > writes[currentNode]) {
      throw new IllegalStateException(
          "backward: tensor "
              + t.shape()
              + " that "
              + names[currentNode]
              + " has to read again was overwritten after its forward pass, by set() or an"
              + " optimizer's step; write to it after backward(), or give the operation a copy");
    }
  }

  private void replay(int i, Tensor y) {
    BackwardFunction function = functions[i];
    if (function == null) {
      throw new IllegalStateException(names[i] + " was recorded without a backward function");
    }
    current = y;
    currentNode = i;
    if (wanted != null) {
      wanted.reached(y, this);
    }
    DeviceObserver observer = y.device().observer();
    if (observer == null) {
      function.backward(this);
    } else {
      observer.replays(names[i], y, i < places.length ? places[i] : 0);
      function.backward(this);
      observer.replayed();
    }
    if (y.gradient != null) { // not passed on as an input's gradient
      y.scope().free(y.gradient);
      y.gradient = null;
    }
    y.gradientWritten = false;
    outputs[i] = null;
    functions[i] = null;
  }

  private void checkNotReplayed(Tensor t, String operation) {
    int i = t.node();
    if (i >= 0 && functions[i] == null) {
      throw new IllegalStateException(
          operation
              + ": the graph behind the result of "
              + names[i]
              + " "
              + t.shape()
              + " was already walked back and is gone; add the losses up and call backward once, or"
              + " run the forward pass again");
    }
  }

  private Tensor current() {
    if (current == null) {
      throw new IllegalStateException(
          "gradients are available only while a backward function runs");
    }
    return current;
  }

  @Override
  public Buffer upstream() {
    Tensor y = current();
    Buffer g = y.gradient;
    if (g == null) {
      g = y.scope().scratch(DType.FLOAT32, Math.max(1, y.size()));
      y.gradient = g;
      y.device().backend().fill(g, y.size(), 1);
    }
    return g;
  }

  @Override
  public boolean isUnit() {
    return unit;
  }

  @Override
  public boolean needs(Tensor input) {
    Subset subset = wanted;
    return input.requiresGrad() && (subset == null || !subset.leavesOut(input));
  }

  @Override
  public float beta(Tensor input) {
    Subset subset = wanted;
    boolean written =
        subset != null && Subset.isLeaf(input) ? subset.isWritten(input) : input.gradientWritten;
    return written ? 1 : 0;
  }

  @Override
  public Buffer of(Tensor input) {
    checkNotReplayed(input, "backward");
    Subset subset = wanted;
    if (subset != null && Subset.isLeaf(input)) {
      return subset.write(input, current().scope());
    }
    Buffer g = input.gradient;
    if (g == null) {
      g = input.scope().scratch(DType.FLOAT32, Math.max(1, input.size()));
      input.gradient = g;
    }
    StepGraph graph = input.device().recordingGraph();
    if (graph != null && input.scope() != current().scope()) {
      graph.writesGradient(input);
    }
    GradientRows rows = input.gradientRows;
    if (rows != null) {
      rows.writtenElsewhere();
    }
    input.gradientWritten = true;
    tellWritten(input);
    return g;
  }

  /** Says whether the rows of an input's gradient can be listed: that of a parameter itself. */
  private boolean listsRows(Tensor input) {
    return wanted == null && Subset.isLeaf(input) && input.gradient != null;
  }

  @Override
  public float betaOfRows(Tensor input) {
    GradientRows rows = input.gradientRows;
    return listsRows(input) && rows != null && rows.isZero() ? 1 : beta(input);
  }

  @Override
  public Buffer ofRows(Tensor input, Tensor numbers) {
    Buffer g = input.gradient;
    if (!listsRows(input) || g == null) {
      return of(input);
    }
    checkNotReplayed(input, "backward");
    if (input.device().recordingGraph() != null) {
      throw new RecordingException(
          "embedding: the sparse gradient of table "
              + input.shape()
              + " is listed by the host; use sparse(false) to record the step");
    }
    GradientRows rows = input.gradientRows;
    if (rows == null) {
      rows = new GradientRows(input);
      input.gradientRows = rows;
      if (input.gradientWritten) {
        rows.writtenElsewhere();
      }
    }
    if (input.gradientWritten) {
      rows.append(numbers);
    } else {
      rows.start(numbers);
    }
    input.gradientWritten = true;
    tellWritten(input);
    return g;
  }

  private static void tellWritten(Tensor input) {
    DeviceObserver observer = input.device().observer();
    if (observer != null) {
      observer.writesGradient(input);
    }
  }

  @Override
  public void give(Tensor input, Buffer part) {
    checkNotReplayed(input, "backward");
    Scope owner = current == null ? input.scope() : current.scope();
    if (input.gradient == null
        && input.scope() == owner
        && (wanted == null || !Subset.isLeaf(input))) {
      input.gradient = part;
      input.gradientWritten = true;
      tellWritten(input);
    } else { // it has a gradient already, or one that outlives the step
      Backend backend = input.device().backend();
      backend.axpby(input.size(), 1, part, beta(input), of(input));
      owner.free(part);
    }
  }

  @Override
  public void pass(Tensor input) {
    Tensor y = current();
    Buffer g = upstream();
    y.gradient = null;
    give(input, g);
  }
}
