package io.cortado.benchmarks.dl4j;

import io.cortado.benchmarks.sides.FeedForward;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Op;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A {@link MultiLayerNetwork}; activations belong to the layers before them, as is usual in DL4J.
 */
final class Dl4jTraining implements Training {

  private final MultiLayerNetwork network;
  private final INDArray inputs;
  private final INDArray target;

  Dl4jTraining(FeedForward f, Material material) {
    List<Layer> layers = layers(f);
    NeuralNetConfiguration.ListBuilder builder =
        new NeuralNetConfiguration.Builder()
            .updater(new Nesterovs(f.lr(), Workload.MOMENTUM))
            .convolutionMode(ConvolutionMode.Truncate)
            .list();
    layers.forEach(builder::layer);
    builder.setInputType(
        f.input().size() == 1
            ? InputType.feedForward(f.inputSize())
            : InputType.convolutional(f.input().get(1), f.input().get(2), f.input().get(0)));
    network = new MultiLayerNetwork(builder.build());
    network.init();
    load(f, material);
    inputs = Nd4j.createFromArray(material.inputs()).reshape(longs(f.batchShape()));
    target =
        switch (f.loss()) {
          case CROSS_ENTROPY -> oneHot(material.labels(), f.outputSize());
          case RECONSTRUCTION ->
              Nd4j.createFromArray(material.targets()).reshape(f.batch(), f.outputSize());
        };
  }

  private static List<Layer> layers(FeedForward f) {
    List<Layer> layers = new ArrayList<>();
    List<Op> ops = f.ops();
    int last = lastLinear(ops);
    for (int i = 0; i < ops.size(); i++) {
      Activation activation = i + 1 < ops.size() ? activation(ops.get(i + 1)) : Activation.IDENTITY;
      boolean output = i == last;
      switch (ops.get(i)) {
        case Op.Conv c ->
            layers.add(
                new ConvolutionLayer.Builder(c.kernel(), c.kernel())
                    .nIn(c.in())
                    .nOut(c.out())
                    .stride(c.stride(), c.stride())
                    .padding(c.padding(), c.padding())
                    .activation(activation)
                    .build());
        case Op.MaxPool p ->
            layers.add(
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(p.kernel(), p.kernel())
                    .stride(p.stride(), p.stride())
                    .build());
        case Op.Linear l when output -> layers.add(output(f, l, activation));
        case Op.Linear l ->
            layers.add(
                new DenseLayer.Builder().nIn(l.in()).nOut(l.out()).activation(activation).build());
        case Op.Relu _, Op.Sigmoid _, Op.Flatten _ -> {}
      }
    }
    return layers;
  }

  private static int lastLinear(List<Op> ops) {
    int i = ops.size() - 1;
    while (!(ops.get(i) instanceof Op.Linear)) {
      i--;
    }
    return i;
  }

  private static Layer output(FeedForward f, Op.Linear l, Activation activation) {
    return switch (f.loss()) {
      case CROSS_ENTROPY ->
          new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
              .nIn(l.in())
              .nOut(l.out())
              .activation(Activation.SOFTMAX)
              .build();
      case RECONSTRUCTION ->
          new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
              .nIn(l.in())
              .nOut(l.out())
              .activation(activation)
              .build();
    };
  }

  private static Activation activation(Op op) {
    return switch (op) {
      case Op.Relu _ -> Activation.RELU;
      case Op.Sigmoid _ -> Activation.SIGMOID;
      case Op.Conv _, Op.MaxPool _, Op.Linear _, Op.Flatten _ -> Activation.IDENTITY;
    };
  }

  private void load(FeedForward f, Material material) {
    int layer = 0;
    int next = 0;
    for (Op op : f.ops()) {
      switch (op) {
        case Op.Conv c -> {
          INDArray w = Nd4j.createFromArray(material.weights().get(next++));
          network.setParam(layer + "_W", w.reshape(c.out(), c.in(), c.kernel(), c.kernel()));
          network.setParam(layer + "_b", bias(material.weights().get(next++)));
          layer++;
        }
        case Op.Linear l -> {
          INDArray w = Nd4j.createFromArray(material.weights().get(next++));
          network.setParam(layer + "_W", w.reshape(l.out(), l.in()).transpose());
          network.setParam(layer + "_b", bias(material.weights().get(next++)));
          layer++;
        }
        case Op.MaxPool _ -> layer++;
        case Op.Relu _, Op.Sigmoid _, Op.Flatten _ -> {}
      }
    }
  }

  private static INDArray bias(float[] values) {
    return Nd4j.createFromArray(values).reshape(1, values.length);
  }

  private static INDArray oneHot(int[] labels, int classes) {
    INDArray rows = Nd4j.zeros(labels.length, classes);
    for (int i = 0; i < labels.length; i++) {
      rows.putScalar(i, labels[i], 1);
    }
    return rows;
  }

  private static long[] longs(int[] extents) {
    long[] dims = new long[extents.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = extents[i];
    }
    return dims;
  }

  @Override
  public float step() {
    network.fit(inputs, target);
    return (float) network.score();
  }

  @Override
  public void forward() {
    network.output(inputs, false);
  }

  @Override
  public void close() {
    network.close();
  }
}
