package io.cortado.benchmarks.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.cortado.benchmarks.sides.FeedForward;
import io.cortado.benchmarks.sides.Op;
import io.cortado.benchmarks.sides.Recurrent;
import io.cortado.benchmarks.sides.Workload;

/** The forward pass of a workload as calls of PyTorch's functions. */
final class Network {

  private final Workload workload;
  private final NDList weights;
  private final NDList states;

  Network(Workload workload, NDList weights, NDManager manager) {
    this.workload = workload;
    this.weights = weights;
    states = new NDList();
    if (workload instanceof Recurrent r) {
      Shape shape = new Shape(1, r.batch(), r.hidden());
      states.add(manager.zeros(shape));
      if (r.cell() == Recurrent.Cell.LSTM) {
        states.add(manager.zeros(shape));
      }
    }
  }

  NDArray forward(NDArray inputs, boolean training) {
    return switch (workload) {
      case FeedForward f -> layers(f, inputs);
      case Recurrent r -> sequence(r, inputs, training);
    };
  }

  private NDArray layers(FeedForward f, NDArray inputs) {
    NDArray x = inputs;
    int next = 0;
    for (Op op : f.ops()) {
      x =
          switch (op) {
            case Op.Conv c ->
                x.getNDArrayInternal()
                    .convolution(
                        x,
                        weights.get(next++),
                        weights.get(next++),
                        square(c.stride()),
                        square(c.padding()),
                        square(1),
                        1)
                    .singletonOrThrow();
            case Op.MaxPool p ->
                x.getNDArrayInternal()
                    .maxPool(square(p.kernel()), square(p.stride()), square(0), false);
            case Op.Linear _ ->
                x.getNDArrayInternal()
                    .linear(x, weights.get(next++), weights.get(next++))
                    .singletonOrThrow();
            case Op.Relu _ -> x.getNDArrayInternal().relu();
            case Op.Sigmoid _ -> x.getNDArrayInternal().sigmoid();
            case Op.Flatten _ -> x.reshape(f.batch(), -1);
          };
    }
    return x;
  }

  private NDArray sequence(Recurrent r, NDArray inputs, boolean training) {
    return switch (r.cell()) {
      case LSTM ->
          inputs
              .getNDArrayInternal()
              .lstm(inputs, states, weights, true, 1, 0, training, false, false)
              .get(0);
      case GRU ->
          inputs
              .getNDArrayInternal()
              .gru(inputs, states.get(0), weights, true, 1, 0, training, false, false)
              .get(0);
    };
  }

  private static Shape square(int n) {
    return new Shape(n, n);
  }
}
