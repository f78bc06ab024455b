package io.cortado.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.nn.Layer;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Compares what a model computes with what ONNX Runtime and this module make of its file.
 *
 * @param dir where files are written
 */
record OnnxAgreement(Path dir, Device device) {

  /** Of the largest output. */
  private static final double RELATIVE = 1e-5;

  /** Exports a model, and compares for two extents of the batch. */
  void check(Sequential model, int... sample) throws OrtException {
    Path file = dir.resolve("model.onnx");
    model.init(device, 1);
    scaleChannels(model);
    learnStatistics(model, sample);
    OnnxFile.write(file, "test", model, Shape.of(sample), Map.of("key", "värde"));
    OrtEnvironment ort = OrtEnvironment.getEnvironment();
    OnnxNetwork read = OnnxFile.read(file, device);
    try (OrtSession session = ort.createSession(file.toString())) {
      assertThat(session.getMetadata().getProducerName()).isEqualTo("cortado");
      assertThat(session.getMetadata().getCustomMetadataValue("key")).contains("värde");
      for (int n : new int[] {1, 5}) {
        compare(model, read, ort, session, Shape.of(sample).prepend(n));
      }
    }
  }

  private void compare(
      Layer model, OnnxNetwork read, OrtEnvironment ort, OrtSession session, Shape shape)
      throws OrtException {
    float[] x = noise((int) shape.size(), 2);
    float[] expected;
    try (Step step = device.inference()) {
      expected = model.forward(step.tensor(x, shape.toArray())).toFloatArray();
      near(model, "import", read.forward(step.tensor(x, shape.toArray())).toFloatArray(), expected);
    }
    long[] dims = Arrays.stream(shape.toArray()).asLongStream().toArray();
    try (OnnxTensor input = OnnxTensor.createTensor(ort, FloatBuffer.wrap(x), dims);
        OrtSession.Result result = session.run(Map.of(OnnxFile.INPUT, input))) {
      FloatBuffer y = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] theirs = new float[y.remaining()];
      y.get(theirs);
      near(model, "ONNX Runtime", theirs, expected);
    }
  }

  private static void near(Layer model, String who, float[] y, float[] expected) {
    assertThat(y).hasSameSizeAs(expected);
    double largest = 1e-30;
    for (float e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(y[i] - expected[i]) / largest)
          .as("output %d of %s by %s: %s, here %s", i, model, who, y[i], expected[i])
          .isLessThan(RELATIVE);
    }
  }

  /** Moves what scales and shifts channels away from 1 and 0. */
  private static void scaleChannels(Layer model) {
    long seed = 4;
    for (Parameter p : model.parameters()) {
      if (p.shape().rank() == 1) {
        p.value().set(noise((int) p.shape().size(), seed++));
      }
    }
  }

  /** Moves what batch norm has learned away from 0 and 1. */
  private void learnStatistics(Layer model, int[] sample) {
    Shape batch = Shape.of(sample).prepend(4);
    model.train();
    try (Step step = device.step()) {
      assertThat(model.forward(step.tensor(noise((int) batch.size(), 3), batch.toArray())).dim(0))
          .isEqualTo(4);
    }
  }

  private static float[] noise(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Writes a graph of one operator, and compares what reads it here with ONNX Runtime. */
  void readsAlike(Node node, int... sample) throws OrtException {
    Path file = write(node, sample);
    OnnxNetwork read = OnnxFile.read(file, device);
    OrtEnvironment ort = OrtEnvironment.getEnvironment();
    try (OrtSession session = ort.createSession(file.toString())) {
      compare(read, read, ort, session, Shape.of(sample).prepend(2));
    }
  }

  /** Writes a graph of one operator. */
  Path write(Node node, int... sample) {
    Path file = dir.resolve("node.onnx");
    Object[] dims = Graph.open(Shape.of(sample).prepend(1));
    OnnxFile.write(
        file,
        "node",
        Map.of(),
        graph -> {
          String x = graph.input(OnnxFile.INPUT, dims);
          graph.output(OnnxFile.OUTPUT, graph.add("node", node, x), dims);
        });
    return file;
  }
}
