package io.cortado.models.onnx;

import io.cortado.io.FileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says about itself, its weights passed over.
 *
 * @param producer the program that wrote it
 * @param opset the version of its operators
 * @param metadata texts by name
 * @param operators how many nodes there are of each operator
 * @param inputs of the graph
 * @param outputs of the graph
 * @param weights those that lie in the file
 */
public record OnnxSummary(
    String producer,
    long opset,
    Map<String, String> metadata,
    Map<String, Integer> operators,
    List<Value> inputs,
    List<Value> outputs,
    List<Value> weights) {

  /**
   * A tensor's description.
   *
   * @param type its element type, as onnx.proto names it
   * @param dims extents, or names of extents that are open
   */
  public record Value(String name, String type, List<String> dims) {}

  /**
   * Reads a file's description.
   *
   * @throws FileException if it cannot be read or is not an ONNX file
   */
  public static OnnxSummary read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(file.toString(), in);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Reads a file's contents. */
  static OnnxSummary read(String source, InputStream in) throws IOException {
    SummaryReader r = new SummaryReader(in);
    r.read(source);
    return r.summary();
  }
}
