package io.cortado.train;

import io.cortado.DType;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.io.SafetensorsWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A copy in host memory of what a checkpoint holds, which training does not change while it is
 * written. Its arrays are used again by the next copy.
 */
final class Snapshot {

  /** The elements of a tensor. */
  private sealed interface Values {
    record Floats(float[] elements, int[] shape) implements Values {}

    record Ints(int[] elements, int[] shape) implements Values {}
  }

  private final Map<String, Values> model = new LinkedHashMap<>();
  private final Map<String, Values> optimizer = new LinkedHashMap<>();
  private Map<String, String> description = Map.of();
  private Map<String, String> state = Map.of();
  private CheckpointName name = new CheckpointName(0, 0);

  /** Copies everything; waits for the device. */
  void take(
      CheckpointName at,
      Map<String, Tensor> modelTensors,
      Map<String, String> modelDescription,
      Map<String, Tensor> optimizerTensors,
      Map<String, String> runState) {
    name = at;
    description = modelDescription;
    state = runState;
    copy(modelTensors, model);
    copy(optimizerTensors, optimizer);
  }

  /** Copies a model's and an optimizer's tensors alone. */
  void take(Map<String, Tensor> modelTensors, Map<String, Tensor> optimizerTensors) {
    copy(modelTensors, model);
    copy(optimizerTensors, optimizer);
  }

  /** Puts back what was copied, into the same tensors. */
  void restore(Map<String, Tensor> modelTensors, Map<String, Tensor> optimizerTensors) {
    modelTensors.forEach((key, tensor) -> restore(model.get(key), tensor));
    optimizerTensors.forEach((key, tensor) -> restore(optimizer.get(key), tensor));
  }

  private static void restore(@Nullable Values from, Tensor to) {
    switch (from) {
      case Values.Floats f -> to.set(f.elements);
      case Values.Ints i -> to.set(i.elements);
      case null -> throw new IllegalStateException("a tensor that was not copied: " + to.shape());
    }
  }

  /** Lets go of the texts, which grow with the number of epochs, when they are written. */
  void dropTexts() {
    state = Map.of();
  }

  CheckpointName name() {
    return name;
  }

  private static void copy(Map<String, Tensor> tensors, Map<String, Values> into) {
    into.keySet().retainAll(tensors.keySet());
    tensors.forEach((key, tensor) -> into.put(key, copy(tensor, into.get(key))));
  }

  private static Values copy(Tensor t, @Nullable Values before) {
    int n = Math.toIntExact(t.size());
    Backend backend = t.device().backend();
    if (t.dtype() == DType.FLOAT32) {
      float[] elements =
          before instanceof Values.Floats f && f.elements.length == n ? f.elements : new float[n];
      backend.download(t.buffer(), 0, elements, 0, n);
      return new Values.Floats(elements, t.shape().toArray());
    }
    int[] elements =
        before instanceof Values.Ints i && i.elements.length == n ? i.elements : new int[n];
    backend.download(t.buffer(), 0, elements, 0, n);
    return new Values.Ints(elements, t.shape().toArray());
  }

  /** Returns what writes the model's file. */
  SafetensorsWriter modelFile() {
    return file(model, description);
  }

  /** Returns what writes the file of everything else. */
  SafetensorsWriter trainingFile() {
    return file(optimizer, state);
  }

  private static SafetensorsWriter file(Map<String, Values> tensors, Map<String, String> texts) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    texts.forEach(writer::metadata);
    tensors.forEach((key, values) -> {
      switch (values) {
        case Values.Floats f -> writer.add(key, f.elements, f.shape);
        case Values.Ints i -> writer.add(key, i.elements, i.shape);
      }
    });
    return writer;
  }
}
