package io.cortado.models.characters;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.SequenceModel;
import io.cortado.nn.Embedding;
import io.cortado.nn.GRU;
import io.cortado.nn.Linear;
import io.cortado.nn.Module;
import io.cortado.nn.RNNOptions;
import io.cortado.nn.RNNOutput;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models of characters, run by ONNX Runtime. */
final class CharExportTest {

  private static final double TOLERANCE = 1e-5;
  private static final int LAYERS = 2;
  private static final int HIDDEN = 12;
  private static final int CHARACTERS = 7;

  @TempDir Path dir;

  /** Version 1.29 reports to its maker unless told not to. */
  @BeforeAll
  static void onnxRuntimeKeepsToItself() {
    assertThat(System.getenv("ORT_DISABLE_TELEMETRY"))
        .as("ORT_DISABLE_TELEMETRY; set it to 1, as Maven does")
        .isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void scoresAndStatesAreTheSame(String cell) throws OrtException {
    CharNetwork.Size size = new CharNetwork.Size(cell, CHARACTERS, 5, HIDDEN, LAYERS, 0.3);
    List<String> symbols = List.of("a", "b", "c", "d", "e", "f", "g");
    Path weights = dir.resolve("w.safetensors");
    Path onnx = dir.resolve("w.onnx");
    try (Device device = Device.cpu()) {
      CharNetwork network = new CharNetwork(size);
      network.init(device, 5);
      ModelDescription d = new ModelDescription(cell, Shape.of(4), symbols, size.toOptions());
      network.save(weights, d);
      new CharModel(cell).export(weights, d, device, onnx);
      network.eval();
      try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
        compare(network, session, 6, 3);
        compare(network, session, 1, 1);
      }
    }
  }

  /** Parts with these names, so that they can be initialised together. */
  private static final class Both extends Module {
    private final Embedding embedding = child("embedding", new Embedding(CHARACTERS, 5));
    private final GRU gru =
        child("recurrent", new GRU(5, HIDDEN, RNNOptions.DEFAULTS.bidirectional(true)));
    private final Linear scores = child("scores", new Linear(2 * HIDDEN, 3));
  }

  @Test
  void bothDirectionsAreExported() throws OrtException {
    Path onnx = dir.resolve("both.onnx");
    int[] x = {0, 6, 2, 3, 3, 1};
    try (Device device = Device.cpu()) {
      Both model = new Both();
      model.init(device, 5);
      OnnxFile.write(
          onnx, "both", new SequenceModel(model.embedding, model.gru, model.scores), Map.of());
      try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString());
          Step step = device.inference()) {
        RNNOutput walked = model.gru.forward(model.embedding.forward(step.tensor(x, 3, 2)), null);
        List<float[]> theirs = run(session, x, 3, 2, List.of(new float[2 * 2 * HIDDEN]));
        near(theirs.getFirst(), model.scores.forward(walked.output()).toFloatArray());
        near(theirs.get(1), walked.state().h().toFloatArray());
      }
    }
  }

  /** Goes on from where a first part ended, so that states that are not 0 are taken. */
  private static void compare(CharNetwork network, OrtSession session, int steps, int batch)
      throws OrtException {
    Random random = new Random(2);
    int[] first = random.ints((long) steps * batch, 0, CHARACTERS).toArray();
    int[] second = random.ints((long) steps * batch, 0, CHARACTERS).toArray();
    boolean lstm = session.getInputNames().contains("c0");
    float[] zeros = new float[LAYERS * batch * HIDDEN];
    List<float[]> states = lstm ? List.of(zeros, zeros) : List.of(zeros);
    try (Step step = network.device().inference()) {
      RNNOutput begun = network.forward(step.tensor(first, steps, batch), null);
      RNNOutput ended = network.forward(step.tensor(second, steps, batch), begun.state());
      List<float[]> theirs = run(session, first, steps, batch, states);
      near(theirs.getFirst(), begun.output().toFloatArray());
      theirs = run(session, second, steps, batch, theirs.subList(1, theirs.size()));
      near(theirs.getFirst(), ended.output().toFloatArray());
      near(theirs.get(1), ended.state().h().toFloatArray());
    }
  }

  /** Returns the scores and the states. */
  private static List<float[]> run(
      OrtSession session, int[] x, int steps, int batch, List<float[]> states) throws OrtException {
    OrtEnvironment ort = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    inputs.put("input", OnnxTensor.createTensor(ort, IntBuffer.wrap(x), new long[] {steps, batch}));
    List<String> wanted = new ArrayList<>(List.of("output"));
    String[] names = {"h", "c"};
    for (int i = 0; i < states.size(); i++) {
      FloatBuffer state = FloatBuffer.wrap(states.get(i));
      long[] shape = {states.get(i).length / batch / HIDDEN, batch, HIDDEN};
      inputs.put(names[i] + "0", OnnxTensor.createTensor(ort, state, shape));
      wanted.add(names[i] + "n");
    }
    List<float[]> out = new ArrayList<>();
    try (OrtSession.Result result = session.run(inputs)) {
      for (String name : wanted) {
        FloatBuffer values = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        out.add(copy);
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return out;
  }

  private static void near(float[] theirs, float[] ours) {
    assertThat(theirs).hasSameSizeAs(ours);
    for (int i = 0; i < ours.length; i++) {
      assertThat((double) Math.abs(theirs[i] - ours[i])).as("%d", i).isLessThan(TOLERANCE);
    }
  }
}
