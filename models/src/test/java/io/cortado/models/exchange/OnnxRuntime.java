package io.cortado.models.exchange;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A file that ONNX Runtime has read. */
final class OnnxRuntime implements AutoCloseable {

  private final OrtEnvironment ort = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxRuntime(Path file) throws OrtException {
    session = ort.createSession(file.toString());
  }

  String metadata(String key) throws OrtException {
    return session.getMetadata().getCustomMetadataValue(key).orElse("");
  }

  Map<String, float[]> run(Map<String, Sample.Array> inputs) throws OrtException {
    Map<String, OnnxTensor> theirs = new HashMap<>();
    try {
      for (Map.Entry<String, Sample.Array> e : inputs.entrySet()) {
        theirs.put(e.getKey(), tensor(e.getValue()));
      }
      Map<String, float[]> outputs = new HashMap<>();
      try (OrtSession.Result result = session.run(theirs)) {
        for (String name : session.getOutputNames()) {
          FloatBuffer values = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
          float[] copy = new float[values.remaining()];
          values.get(copy);
          outputs.put(name, copy);
        }
      }
      return outputs;
    } finally {
      theirs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Sample.Array a) throws OrtException {
    return a.isWhole()
        ? OnnxTensor.createTensor(ort, IntBuffer.wrap(a.ints()), a.longShape())
        : OnnxTensor.createTensor(ort, FloatBuffer.wrap(a.floats()), a.longShape());
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
