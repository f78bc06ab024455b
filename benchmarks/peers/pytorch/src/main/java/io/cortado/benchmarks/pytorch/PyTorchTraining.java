package io.cortado.benchmarks.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.cortado.benchmarks.sides.FeedForward;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Op;
import io.cortado.benchmarks.sides.Recurrent;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A network trained with PyTorch's autograd.
 *
 * <p>Gradients are cleared and weights updated by one native call each, not by DJL's collector and
 * trainer, whose bookkeeping would be measured with them.
 */
final class PyTorchTraining implements Training {

  private final Workload workload;
  private final NDManager manager;
  private final Network network;
  private final List<PtNDArray> weights = new ArrayList<>();
  private final List<PtNDArray> momenta = new ArrayList<>();
  private final NDArray inputs;
  private final NDArray target;

  PyTorchTraining(Workload workload, Material material) {
    this.workload = workload;
    manager = NDManager.newBaseManager("PyTorch");
    List<Shape> shapes = shapes(workload);
    NDList list = new NDList();
    for (int i = 0; i < shapes.size(); i++) {
      NDArray w = manager.create(material.weights().get(i), shapes.get(i));
      w.setRequiresGradient(true);
      list.add(w);
      weights.add((PtNDArray) w);
      momenta.add((PtNDArray) manager.zeros(shapes.get(i)));
    }
    network = new Network(workload, list, manager);
    inputs = manager.create(material.inputs(), inputShape(workload));
    target =
        switch (workload) {
          case FeedForward f when f.loss() == FeedForward.Loss.CROSS_ENTROPY ->
              manager
                  .create(material.labels(), new Shape(f.batch(), 1))
                  .toType(DataType.INT64, false);
          case FeedForward f ->
              manager.create(material.targets(), new Shape(f.batch(), f.outputSize()));
          case Recurrent r ->
              manager.create(material.targets(), new Shape(r.sequence(), r.batch(), r.hidden()));
        };
  }

  private static Shape inputShape(Workload workload) {
    return switch (workload) {
      case FeedForward f -> shape(f.batchShape());
      case Recurrent r -> new Shape(r.sequence(), r.batch(), r.input());
    };
  }

  private static List<Shape> shapes(Workload workload) {
    List<Shape> shapes = new ArrayList<>();
    switch (workload) {
      case FeedForward f -> {
        for (Op op : f.ops()) {
          if (op instanceof Op.Conv(int in, int out, int kernel, _, _)) {
            shapes.add(new Shape(out, in, kernel, kernel));
            shapes.add(new Shape(out));
          } else if (op instanceof Op.Linear(int in, int out)) {
            shapes.add(new Shape(out, in));
            shapes.add(new Shape(out));
          }
        }
      }
      case Recurrent r -> {
        int rows = r.cell().gates() * r.hidden();
        shapes.add(new Shape(rows, r.input()));
        shapes.add(new Shape(rows, r.hidden()));
        shapes.add(new Shape(rows));
        shapes.add(new Shape(rows));
      }
    }
    return shapes;
  }

  private static Shape shape(int[] extents) {
    long[] dims = new long[extents.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = extents[i];
    }
    return new Shape(dims);
  }

  @Override
  public float step() {
    try (NDScope _ = new NDScope()) {
      JniUtils.setGradMode(true);
      NDArray loss = loss(network.forward(inputs, true));
      JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.ones(loss.getShape()), false, false);
      JniUtils.setGradMode(false);
      for (int i = 0; i < weights.size(); i++) {
        PtNDArray w = weights.get(i);
        PtNDArray gradient = JniUtils.getGradient(w);
        JniUtils.sgdUpdate(w, gradient, momenta.get(i), workload.lr(), 0, 1, -1, Workload.MOMENTUM);
        JniUtils.zeroGrad(w);
      }
      return loss.toFloatArray()[0];
    }
  }

  private NDArray loss(NDArray outputs) {
    if (workload instanceof FeedForward f && f.loss() == FeedForward.Loss.CROSS_ENTROPY) {
      return outputs.logSoftmax(1).gather(target, 1).mean().neg();
    }
    return outputs.sub(target).square().mean();
  }

  @Override
  public void forward() {
    try (NDScope _ = new NDScope()) {
      JniUtils.setGradMode(false);
      network.forward(inputs, false);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
