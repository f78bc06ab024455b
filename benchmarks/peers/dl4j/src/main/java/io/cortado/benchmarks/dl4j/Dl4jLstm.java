package io.cortado.benchmarks.dl4j;

import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Recurrent;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A {@link MultiLayerNetwork} of one LSTM.
 *
 * <p>Sequences are {@code [batch, features, steps]}, the two biases one, and the gates in an order
 * of its own. Its loss is the sum over the steps, so that the rate is divided by their number; it
 * is summed in single precision, which is 1.5e-4 off here, so that the first one, which is compared
 * with the other sides', is summed again.
 */
final class Dl4jLstm implements Training {

  /** PyTorch's number (i, f, g, o) of the gate in each place. */
  private static final int[] GATES = {2, 1, 3, 0};

  private final MultiLayerNetwork network;
  private final INDArray inputs;
  private final INDArray target;
  private final int steps;
  private boolean compared;

  Dl4jLstm(Recurrent r, Material material) {
    steps = r.sequence();
    network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new Nesterovs(r.lr() / steps, Workload.MOMENTUM))
                .list()
                .layer(
                    new LSTM.Builder()
                        .nIn(r.input())
                        .nOut(r.hidden())
                        .activation(Activation.TANH)
                        .gateActivationFunction(Activation.SIGMOID)
                        .build())
                .layer(
                    new RnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(r.input()))
                .build());
    network.init();
    network.setParam("0_W", gates(matrix(material, 0, r, r.input()), r.hidden()));
    network.setParam("0_RW", gates(matrix(material, 1, r, r.hidden()), r.hidden()));
    INDArray bias = matrix(material, 2, r, 1).add(matrix(material, 3, r, 1));
    network.setParam("0_b", gates(bias, r.hidden()));
    inputs = sequences(material.inputs(), r, r.input());
    target = sequences(material.targets(), r, r.hidden());
  }

  /** Returns weights {@code [in, gates * hidden]}. */
  private static INDArray matrix(Material material, int index, Recurrent r, int in) {
    int rows = r.cell().gates() * r.hidden();
    return Nd4j.createFromArray(material.weights().get(index)).reshape(rows, in).transpose();
  }

  /** Exchanges the gates' columns. */
  private static INDArray gates(INDArray weights, int hidden) {
    INDArray[] parts = new INDArray[GATES.length];
    for (int i = 0; i < parts.length; i++) {
      int from = GATES[i] * hidden;
      parts[i] = weights.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + hidden));
    }
    return Nd4j.concat(1, parts);
  }

  private static INDArray sequences(float[] values, Recurrent r, int features) {
    return Nd4j.createFromArray(values)
        .reshape(r.sequence(), r.batch(), features)
        .permute(1, 2, 0)
        .dup();
  }

  @Override
  public float step() {
    float loss = compared ? 0 : loss();
    network.fit(inputs, target);
    float score = (float) network.score() / steps;
    if (compared) {
      return score;
    }
    compared = true;
    return loss;
  }

  private float loss() {
    float[] outputs = network.output(inputs, true).dup('c').data().asFloat();
    float[] wanted = target.data().asFloat();
    double sum = 0;
    for (int i = 0; i < outputs.length; i++) {
      sum += Math.pow(outputs[i] - wanted[i], 2);
    }
    return (float) (sum / outputs.length);
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
