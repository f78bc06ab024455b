package io.cortado.models.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cortado.io.FileException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what an ONNX file says of itself; no more of it is in memory at a time than one text. */
class SummaryReader extends ProtoReader {

  private static final int MAX_RANK = 64;
  private static final int MAX_TENSORS = 100_000;

  private static final String[] TYPES = {
    "UNDEFINED",
    "FLOAT",
    "UINT8",
    "INT8",
    "UINT16",
    "INT16",
    "INT32",
    "INT64",
    "STRING",
    "BOOL",
    "FLOAT16",
    "DOUBLE",
    "UINT32",
    "UINT64",
    "COMPLEX64",
    "COMPLEX128",
    "BFLOAT16"
  };

  private String producer = "";
  private long opset;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Integer> operators = new TreeMap<>();
  private final List<OnnxSummary.Value> inputs = new ArrayList<>();
  private final List<OnnxSummary.Value> outputs = new ArrayList<>();
  private final List<OnnxSummary.Value> weights = new ArrayList<>();
  private boolean graph;

  SummaryReader(InputStream stream) {
    super(stream);
  }

  /**
   * Reads it all.
   *
   * @param source what to call the file
   * @throws FileException if it is no ONNX file
   */
  final void read(String source) throws IOException {
    try {
      model();
    } catch (InvalidProtocolBufferException e) {
      throw FileException.at(
          source,
          in.getTotalBytesRead(),
          "is no ONNX file, or damaged (" + e.getMessage() + ")",
          "get it again");
    }
    if (!graph) {
      throw FileException.of(source, "holds no graph", "it is no ONNX file: give another");
    }
  }

  final OnnxSummary summary() {
    return new OnnxSummary(producer, opset, metadata, operators, inputs, outputs, weights);
  }

  private void model() throws IOException {
    fields(f -> {
      switch (f) {
        case Fields.MODEL_PRODUCER_NAME -> producer = in.readStringRequireUtf8();
        case Fields.MODEL_OPSET_IMPORT -> message(this::opset);
        case Fields.MODEL_METADATA -> entry();
        case Fields.MODEL_GRAPH -> {
          graph = true;
          message(this::graph);
        }
        default -> {
          return false;
        }
      }
      return true;
    });
  }

  private boolean opset(int f) throws IOException {
    if (f == -Fields.OPSET_VERSION) {
      opset = in.readInt64();
    }
    return f == -Fields.OPSET_VERSION;
  }

  private void entry() throws IOException {
    String[] keyAndValue = {"", ""};
    message(f -> {
      boolean known = f == Fields.ENTRY_KEY || f == Fields.ENTRY_VALUE;
      if (known) {
        keyAndValue[f - 1] = in.readStringRequireUtf8();
      }
      return known;
    });
    metadata.put(keyAndValue[0], keyAndValue[1]);
  }

  private boolean graph(int f) throws IOException {
    switch (f) {
      case Fields.GRAPH_NODE -> node();
      case Fields.GRAPH_INITIALIZER -> weights.add(tensor());
      case Fields.GRAPH_INPUT -> inputs.add(value());
      case Fields.GRAPH_OUTPUT -> outputs.add(value());
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Reads a node. */
  void node() throws IOException {
    message(f -> {
      if (f == Fields.NODE_OP_TYPE) {
        operator(in.readStringRequireUtf8());
      }
      return f == Fields.NODE_OP_TYPE;
    });
  }

  /** Counts a node's operator. */
  final void operator(String name) {
    operators.merge(name, 1, Integer::sum);
  }

  /** Reads a weight. */
  OnnxSummary.Value tensor() throws IOException {
    Description d = new Description();
    message(f -> describes(f, d));
    return d.value();
  }

  /** Reads one of the fields that describe a tensor, or says that it is none. */
  final boolean describes(int f, Description d) throws IOException {
    switch (f) {
      case -Fields.TENSOR_DIMS -> d.add(Long.toString(in.readInt64()));
      case Fields.TENSOR_DIMS -> packed(() -> d.add(Long.toString(in.readInt64())));
      case -Fields.TENSOR_DATA_TYPE -> d.type = in.readInt64();
      case Fields.TENSOR_NAME -> d.name = in.readStringRequireUtf8();
      default -> {
        return false;
      }
    }
    return true;
  }

  private OnnxSummary.Value value() throws IOException {
    Description d = new Description();
    message(f -> {
      switch (f) {
        case Fields.VALUE_NAME -> d.name = in.readStringRequireUtf8();
        case Fields.VALUE_TYPE ->
            message(t -> nested(t == Fields.TYPE_TENSOR, n -> tensorType(n, d)));
        default -> {
          return false;
        }
      }
      return true;
    });
    return d.value();
  }

  private boolean tensorType(int f, Description d) throws IOException {
    if (f == -Fields.TENSOR_TYPE_ELEMENT) {
      d.type = in.readInt64();
      return true;
    }
    return nested(
        f == Fields.TENSOR_TYPE_SHAPE, s -> nested(s == Fields.SHAPE_DIM, dim -> extent(dim, d)));
  }

  private boolean extent(int f, Description d) throws IOException {
    switch (f) {
      case -Fields.DIM_VALUE -> d.add(Long.toString(in.readInt64()));
      case Fields.DIM_PARAM -> d.add(in.readStringRequireUtf8());
      default -> {
        return false;
      }
    }
    return true;
  }

  /** What is known of a tensor so far. */
  final class Description {
    String name = "";
    long type;
    final List<String> dims = new ArrayList<>();

    void add(String extent) throws IOException {
      dims.add(extent);
      check(dims.size(), MAX_RANK, "axes");
    }

    OnnxSummary.Value value() throws IOException {
      check(inputs.size() + outputs.size() + weights.size(), MAX_TENSORS, "tensors");
      String text = type >= 0 && type < TYPES.length ? TYPES[(int) type] : "type " + type;
      return new OnnxSummary.Value(name, text, List.copyOf(dims));
    }
  }
}
