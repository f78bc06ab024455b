package io.cortado.models.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cortado.models.onnx.StoredNode.Attribute;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads operators and weights besides. */
final class ContentReader extends SummaryReader {

  private static final int MAX_NODES = 100_000;
  private static final int MAX_NAMES = 100_000;

  final List<StoredNode> nodes = new ArrayList<>();
  final Map<String, StoredWeight> weights = new LinkedHashMap<>();

  ContentReader(InputStream stream) {
    super(stream);
  }

  @Override
  void node() throws IOException {
    String[] operatorNameAndDomain = {"", "", ""};
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    message(f -> {
      switch (f) {
        case Fields.NODE_OP_TYPE -> operatorNameAndDomain[0] = in.readStringRequireUtf8();
        case Fields.NODE_NAME -> operatorNameAndDomain[1] = in.readStringRequireUtf8();
        case Fields.NODE_DOMAIN -> operatorNameAndDomain[2] = in.readStringRequireUtf8();
        case Fields.NODE_INPUT -> inputs.add(in.readStringRequireUtf8());
        case Fields.NODE_OUTPUT -> outputs.add(in.readStringRequireUtf8());
        case Fields.NODE_ATTRIBUTE -> attribute(attributes);
        default -> {
          return false;
        }
      }
      check(inputs.size() + outputs.size(), MAX_NAMES, "inputs and outputs of a node");
      return true;
    });
    check(nodes.size(), MAX_NODES, "nodes");
    String domain = operatorNameAndDomain[2];
    boolean known = domain.isEmpty() || domain.equals("ai.onnx");
    String operator = (known ? "" : domain + ".") + operatorNameAndDomain[0];
    operator(operator);
    String name = operatorNameAndDomain[1];
    if (name.isEmpty() && !outputs.isEmpty()) {
      name = outputs.getFirst();
    }
    nodes.add(
        new StoredNode(operator, name, List.copyOf(inputs), List.copyOf(outputs), attributes));
  }

  private void attribute(Map<String, Attribute> all) throws IOException {
    String[] nameAndText = {"", ""};
    float[] number = {0};
    long[] whole = {0};
    List<Float> numbers = new ArrayList<>();
    List<Long> wholes = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    List<StoredWeight> tensors = new ArrayList<>();
    message(f -> {
      switch (f) {
        case Fields.ATTRIBUTE_NAME -> nameAndText[0] = in.readStringRequireUtf8();
        case Fields.ATTRIBUTE_S -> nameAndText[1] = in.readBytes().toStringUtf8();
        case Fields.ATTRIBUTE_STRINGS -> texts.add(in.readBytes().toStringUtf8());
        case FIXED + Fields.ATTRIBUTE_F -> number[0] = in.readFloat();
        case -Fields.ATTRIBUTE_I -> whole[0] = in.readInt64();
        case FIXED + Fields.ATTRIBUTE_FLOATS -> numbers.add(in.readFloat());
        case Fields.ATTRIBUTE_FLOATS -> packed(() -> numbers.add(in.readFloat()));
        case -Fields.ATTRIBUTE_INTS -> wholes.add(in.readInt64());
        case Fields.ATTRIBUTE_INTS -> packed(() -> wholes.add(in.readInt64()));
        case Fields.ATTRIBUTE_T -> {
          Contents c = contents();
          tensors.add(c.weight());
        }
        default -> {
          return false;
        }
      }
      return true;
    });
    all.put(
        nameAndText[0],
        new Attribute(number[0], whole[0], nameAndText[1], numbers, wholes, texts, tensors));
  }

  @Override
  OnnxSummary.Value tensor() throws IOException {
    Contents c = contents();
    StoredWeight weight = c.weight();
    if (weights.putIfAbsent(weight.name(), weight) != null) {
      throw new InvalidProtocolBufferException("two tensors are called '" + weight.name() + "'");
    }
    return c.description.value();
  }

  private Contents contents() throws IOException {
    Contents c = new Contents();
    message(f -> {
      switch (f) {
        case Fields.TENSOR_RAW_DATA -> c.raw = in.readBytes();
        case FIXED + Fields.TENSOR_FLOAT_DATA -> c.floats.add(in.readFloat());
        case Fields.TENSOR_FLOAT_DATA -> packed(() -> c.floats.add(in.readFloat()));
        case -Fields.TENSOR_INT32_DATA, -Fields.TENSOR_INT64_DATA -> c.wholes.add(in.readInt64());
        case Fields.TENSOR_INT32_DATA, Fields.TENSOR_INT64_DATA ->
            packed(() -> c.wholes.add(in.readInt64()));
        case Fields.TENSOR_EXTERNAL_DATA ->
            throw new InvalidProtocolBufferException(
                "the tensor '"
                    + c.description.name
                    + "' stands in another file: export with the weights inside, save_as_external_data=False");
        default -> {
          return describes(f, c.description);
        }
      }
      return true;
    });
    return c;
  }

  private final class Contents {
    private final Description description = new Description();
    private ByteString raw = ByteString.EMPTY;
    private final List<Float> floats = new ArrayList<>();
    private final List<Long> wholes = new ArrayList<>();

    StoredWeight weight() throws IOException {
      return StoredWeight.of(description.value(), raw, floats, wholes);
    }
  }
}
