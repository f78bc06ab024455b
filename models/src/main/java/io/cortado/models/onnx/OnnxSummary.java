package io.cortado.models.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.cortado.io.FileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  /** Reads a file; no more of it is in memory at a time than one name or text. */
  private static final class Reader {
    private String producer = "";
    private long opset;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Integer> operators = new TreeMap<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final List<Value> weights = new ArrayList<>();
    private boolean graph;

    private interface Field {
      /** Reads a field that is wanted, or says that it is not. */
      boolean read(int number) throws IOException;
    }

    private final CodedInputStream in;

    Reader(InputStream stream) {
      in = CodedInputStream.newInstance(stream);
    }

    private void message(Field field) throws IOException {
      int outer = in.pushLimit(in.readRawVarint32());
      fields(field);
      if (in.getBytesUntilLimit() > 0) {
        throw new InvalidProtocolBufferException("it ends inside of a message");
      }
      in.popLimit(outer);
    }

    private void fields(Field field) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        boolean number = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT;
        boolean wanted = number || isDelimited(tag);
        if (!wanted || !field.read(number ? -WireFormat.getTagFieldNumber(tag) : field(tag))) {
          in.skipField(tag);
        }
      }
    }

    private static void check(int count, int limit, String what) throws IOException {
      if (count > limit) {
        throw new InvalidProtocolBufferException("more than " + limit + " " + what);
      }
    }

    private static boolean isDelimited(int tag) {
      return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static int field(int tag) {
      return WireFormat.getTagFieldNumber(tag);
    }

    void model() throws IOException {
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
        case Fields.GRAPH_NODE -> message(this::node);
        case Fields.GRAPH_INITIALIZER -> weights.add(tensor());
        case Fields.GRAPH_INPUT -> inputs.add(value());
        case Fields.GRAPH_OUTPUT -> outputs.add(value());
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean node(int f) throws IOException {
      if (f == Fields.NODE_OP_TYPE) {
        operators.merge(in.readStringRequireUtf8(), 1, Integer::sum);
      }
      return f == Fields.NODE_OP_TYPE;
    }

    private Value tensor() throws IOException {
      Description d = new Description();
      message(f -> {
        switch (f) {
          case -Fields.TENSOR_DIMS -> d.add(Long.toString(in.readInt64()));
          case Fields.TENSOR_DIMS -> { // packed
            int outer = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
              d.add(Long.toString(in.readInt64()));
            }
            in.popLimit(outer);
          }
          case -Fields.TENSOR_DATA_TYPE -> d.type = in.readInt64();
          case Fields.TENSOR_NAME -> d.name = in.readStringRequireUtf8();
          default -> {
            return false;
          }
        }
        return true;
      });
      return d.value();
    }

    private Value value() throws IOException {
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

    private boolean nested(boolean wanted, Field field) throws IOException {
      if (wanted) {
        message(field);
      }
      return wanted;
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

    private final class Description {
      private String name = "";
      private long type;
      private final List<String> dims = new ArrayList<>();

      void add(String extent) throws IOException {
        dims.add(extent);
        check(dims.size(), MAX_RANK, "axes");
      }

      Value value() throws IOException {
        check(inputs.size() + outputs.size() + weights.size(), MAX_TENSORS, "tensors");
        String text = type >= 0 && type < TYPES.length ? TYPES[(int) type] : "type " + type;
        return new Value(name, text, List.copyOf(dims));
      }
    }
  }

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
    Reader r = new Reader(in);
    try {
      r.model();
    } catch (InvalidProtocolBufferException e) {
      throw FileException.at(
          source,
          r.in.getTotalBytesRead(),
          "is no ONNX file, or damaged (" + e.getMessage() + ")",
          "get it again");
    }
    if (!r.graph) {
      throw FileException.of(source, "holds no graph", "it is no ONNX file: give another");
    }
    return new OnnxSummary(
        r.producer, r.opset, r.metadata, r.operators, r.inputs, r.outputs, r.weights);
  }
}
