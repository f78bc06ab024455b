package io.cortado.models.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.models.protobuf.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph that grows by one operator after another. */
final class Graph {

  /** The version of the file format that goes with the operators'. */
  private static final long IR_VERSION = 8;

  /** What a protocol buffer holds at most, less what is not weights. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - (1L << 20);

  private final Message message = new Message();
  private final Set<String> weights = new HashSet<>();
  private long weightBytes;
  private int values;

  /**
   * Adds an operator.
   *
   * @param path where its layer is in the model
   * @return the name of its output
   */
  String add(String path, Node node, String... inputs) {
    String output = path + "/" + node.operator() + "_" + values++;
    add(node, List.of(inputs), List.of(output));
    return output;
  }

  /** Adds an operator whose outputs have names; an empty one is not wanted. */
  void add(Node node, List<String> inputs, List<String> outputs) {
    Message m = new Message();
    inputs.forEach(i -> m.add(Fields.NODE_INPUT, i));
    outputs.forEach(o -> m.add(Fields.NODE_OUTPUT, o));
    m.add(Fields.NODE_NAME, outputs.getFirst()).add(Fields.NODE_OP_TYPE, node.operator());
    m.add(node.attributes());
    message.add(Fields.GRAPH_NODE, m);
  }

  /** Adds a weight, or finds it if it is there, and returns its name. */
  String weight(String name, Tensor t) {
    return weights.contains(name) ? name : weight(name, t.toFloatArray(), t.shape());
  }

  /** Adds a weight of given values. */
  String weight(String name, float[] values, Shape shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return weight(name, Fields.DATA_FLOAT, shape, raw);
  }

  /** Adds a single number. */
  String number(String path, float value) {
    return weight(path + "/value_" + values++, new float[] {value}, Shape.scalar());
  }

  /** Adds a list of whole numbers. */
  String integers(String path, long... list) {
    ByteBuffer raw = ByteBuffer.allocate(8 * list.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(list);
    return weight(path + "/value_" + values++, Fields.DATA_INT64, Shape.of(list.length), raw);
  }

  private String weight(String name, int type, Shape shape, ByteBuffer raw) {
    weightBytes += raw.remaining();
    if (weightBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "export: the weights take more than "
              + MAX_BYTES
              + " bytes, which an ONNX file cannot hold; save the model as safetensors");
    }
    Message m = new Message();
    for (int d : shape.toArray()) {
      m.add(Fields.TENSOR_DIMS, (long) d);
    }
    ByteString bytes = UnsafeByteOperations.unsafeWrap(raw); // nobody else has it
    m.add(Fields.TENSOR_DATA_TYPE, (long) type).add(Fields.TENSOR_NAME, name);
    message.add(Fields.GRAPH_INITIALIZER, m.add(Fields.TENSOR_RAW_DATA, bytes));
    weights.add(name);
    return name;
  }

  /**
   * Describes an input of the whole graph.
   *
   * @param type {@link Fields#DATA_FLOAT} or another
   * @param dims an extent, or the name of one that is known when the graph is run
   */
  void input(String name, int type, Object... dims) {
    message.add(Fields.GRAPH_INPUT, value(name, type, dims));
  }

  /** Describes an output of the whole graph. */
  void output(String name, int type, Object... dims) {
    message.add(Fields.GRAPH_OUTPUT, value(name, type, dims));
  }

  private static Message value(String name, int type, Object... dims) {
    Message shape = new Message();
    for (Object d : dims) {
      Message dim = new Message();
      shape.add(
          Fields.SHAPE_DIM,
          d instanceof Integer n
              ? dim.add(Fields.DIM_VALUE, n.longValue())
              : dim.add(Fields.DIM_PARAM, d.toString()));
    }
    Message tensor =
        new Message()
            .add(Fields.TENSOR_TYPE_ELEMENT, (long) type)
            .add(Fields.TENSOR_TYPE_SHAPE, shape);
    return new Message()
        .add(Fields.VALUE_NAME, name)
        .add(Fields.VALUE_TYPE, new Message().add(Fields.TYPE_TENSOR, tensor));
  }

  /** Returns the whole file. */
  Message model(String name, Map<String, String> metadata) {
    Message model = new Message();
    model.add(Fields.MODEL_IR_VERSION, IR_VERSION).add(Fields.MODEL_PRODUCER_NAME, "cortado");
    model.add(
        Fields.MODEL_OPSET_IMPORT, new Message().add(Fields.OPSET_VERSION, (long) OnnxFile.OPSET));
    metadata.forEach((key, value) ->
        model.add(
            Fields.MODEL_METADATA,
            new Message().add(Fields.ENTRY_KEY, key).add(Fields.ENTRY_VALUE, value)));
    return model.add(Fields.MODEL_GRAPH, message.add(Fields.GRAPH_NAME, name));
  }
}
