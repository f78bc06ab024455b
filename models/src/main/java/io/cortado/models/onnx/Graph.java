package io.cortado.models.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.models.protobuf.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph of an ONNX file that grows by one operator after another. */
public final class Graph {

  /** Numbers of single precision, as the operator Cast names them. */
  public static final int FLOAT = Fields.DATA_FLOAT;

  /** Whole numbers of 32 bits, as the operator Cast names them. */
  public static final int INT32 = Fields.DATA_INT32;

  /** The version of the file format that goes with the operators'. */
  private static final long IR_VERSION = 8;

  /** What a protocol buffer holds at most, less what is not weights. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - (1L << 20);

  private final Message message = new Message();
  private final Set<String> weights = new HashSet<>();
  private final Map<Tensor, String> tensors = new IdentityHashMap<>();
  private long weightBytes;
  private int values;

  /**
   * Adds an operator.
   *
   * @param path where its layer is in the model
   * @return the name of its output
   */
  public String add(String path, Node node, String... inputs) {
    String output = path + "/" + node.operator() + "_" + values++;
    add(node, List.of(inputs), List.of(output));
    return output;
  }

  /** Adds an operator whose outputs have names; an empty one is not wanted. */
  public void add(Node node, List<String> inputs, List<String> outputs) {
    Message m = new Message();
    inputs.forEach(i -> m.add(Fields.NODE_INPUT, i));
    outputs.forEach(o -> m.add(Fields.NODE_OUTPUT, o));
    m.add(Fields.NODE_NAME, outputs.getFirst()).add(Fields.NODE_OP_TYPE, node.operator());
    m.add(node.attributes());
    message.add(Fields.GRAPH_NODE, m);
  }

  /** Adds a weight, or finds it if it is there under this or another name; returns its name. */
  public String weight(String name, Tensor t) {
    if (weights.contains(name)) {
      return name;
    }
    String known = tensors.get(t); // layers may share it
    if (known != null) {
      return known;
    }
    tensors.put(t, name);
    return weight(name, t.toFloatArray(), t.shape());
  }

  /** Adds a weight of given values. */
  public String weight(String name, float[] values, Shape shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return weight(name, Fields.DATA_FLOAT, shape, raw);
  }

  /** Adds a single number. */
  public String number(String path, float value) {
    return weight(path + "/value_" + values++, new float[] {value}, Shape.scalar());
  }

  /** Adds a list of whole numbers. */
  public String integers(String path, long... list) {
    ByteBuffer raw = ByteBuffer.allocate(8 * list.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(list);
    return weight(path + "/value_" + values++, Fields.DATA_INT64, Shape.of(list.length), raw);
  }

  /** Adds a table of whole numbers of 32 bits. */
  public String table(String name, int[] values, Shape shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asIntBuffer().put(values);
    return weight(name, Fields.DATA_INT32, shape, raw);
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
   * Describes an input of the whole graph, of numbers of single precision.
   *
   * @param dims an extent, or the name of one that is known when the graph is run
   * @return its name
   */
  public String input(String name, Object... dims) {
    message.add(Fields.GRAPH_INPUT, value(name, Fields.DATA_FLOAT, dims));
    return name;
  }

  /** Describes an input of the whole graph, of whole numbers of 32 bits, and returns its name. */
  public String inputOfIntegers(String name, Object... dims) {
    message.add(Fields.GRAPH_INPUT, value(name, Fields.DATA_INT32, dims));
    return name;
  }

  /** Describes a value as an output of the whole graph, of numbers of single precision. */
  public void describeOutput(String name, Object... dims) {
    message.add(Fields.GRAPH_OUTPUT, value(name, Fields.DATA_FLOAT, dims));
  }

  /** Gives a value the name of an output, and describes it as one. */
  public void output(String name, Value value) {
    output(name, value.name(), open(value.sample().shape()));
  }

  /** Gives a value the name of an output of given extents. */
  public void output(String name, String value, Object... dims) {
    add(Node.of("Identity"), List.of(value), List.of(name));
    describeOutput(name, dims);
  }

  /** Returns the extents of a batch, the first of them open. */
  public static Object[] open(Shape batch) {
    Object[] dims = new Object[batch.rank()];
    dims[0] = OnnxFile.BATCH;
    for (int i = 1; i < dims.length; i++) {
      dims[i] = batch.dim(i);
    }
    return dims;
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
