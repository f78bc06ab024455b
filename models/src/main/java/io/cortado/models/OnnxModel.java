package io.cortado.models;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import java.nio.file.Path;

/** A model of the zoo that {@code cortado export} can write as ONNX. */
public interface OnnxModel {

  /**
   * Writes a trained model as ONNX, the file as a whole or not at all.
   *
   * @param weights the file of the trained model
   * @param model what that file says
   * @param device where to read it
   * @param onnx the file to write
   */
  void export(Path weights, ModelDescription model, Device device, Path onnx);
}
