package io.cortado.models.onnx;

/** A layer of a model's own, which says itself what it is in ONNX. */
public interface OnnxLayer {

  /**
   * Adds the layer's operators.
   *
   * @param path its name in the model, as in its parameters' names
   * @param x what goes in
   * @return what comes out
   */
  String export(LayerExport export, String path, String x);
}
