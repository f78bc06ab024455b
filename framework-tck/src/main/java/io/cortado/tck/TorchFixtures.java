package io.cortado.tck;

import io.cortado.Device;
import io.cortado.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values recorded from PyTorch, one safetensors file for each family.
 *
 * <p>They are made by {@code src/main/python/record_torch.py}, which says how. This reader knows
 * the files that program writes, no others.
 */
final class TorchFixtures {

  private static final Pattern TENSOR =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"([FI])32\",\"shape\":\\[([0-9,]*)\\],"
              + "\"data_offsets\":\\[(\\d+),(\\d+)\\]\\}");

  private final Map<String, float[]> floats = new TreeMap<>();
  private final Map<String, int[]> ints = new TreeMap<>();
  private final Map<String, int[]> shapes = new TreeMap<>();

  private TorchFixtures() {}

  /** Returns the cases of one family. */
  static Stream<Case> cases(String family) {
    TorchFixtures fixtures = read(family);
    Set<String> names = new LinkedHashSet<>();
    fixtures.shapes.keySet().forEach(key -> names.add(key.substring(0, key.lastIndexOf('/'))));
    return names.stream().map(name -> new Case(name, fixtures));
  }

  private static TorchFixtures read(String family) {
    String path = "torch/" + family + ".safetensors";
    try (InputStream in = TorchFixtures.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + path + " beside " + TorchFixtures.class);
      }
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int headerLength = Math.toIntExact(bytes.getLong());
      String header = new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8);
      TorchFixtures fixtures = new TorchFixtures();
      Matcher m = TENSOR.matcher(header);
      while (m.find()) {
        fixtures.shapes.put(m.group(1), shape(m.group(3)));
        int from = Integer.parseInt(m.group(4));
        int length = Integer.parseInt(m.group(5)) - from;
        ByteBuffer data =
            bytes.slice(8 + headerLength + from, length).order(ByteOrder.LITTLE_ENDIAN);
        if (m.group(2).equals("F")) {
          float[] values = new float[length / 4];
          data.asFloatBuffer().get(values);
          fixtures.floats.put(m.group(1), values);
        } else {
          int[] values = new int[length / 4];
          data.asIntBuffer().get(values);
          fixtures.ints.put(m.group(1), values);
        }
      }
      return fixtures;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private static int[] shape(String extents) {
    return extents.isEmpty()
        ? new int[0]
        : Pattern.compile(",").splitAsStream(extents).mapToInt(Integer::parseInt).toArray();
  }

  /**
   * One recorded call.
   *
   * @param name what it is a case of
   * @param fixtures the file it comes from
   */
  record Case(String name, TorchFixtures fixtures) {

    /** Returns a tensor of floats. */
    float[] floats(String tensor) {
      float[] values = fixtures.floats.get(name + "/" + tensor);
      if (values == null) {
        throw new IllegalStateException("case " + name + " has no floats " + tensor);
      }
      return values;
    }

    /** Returns a tensor of floats, or null where the case has none of that name. */
    float @Nullable [] floatsOrNull(String tensor) {
      return fixtures.floats.get(name + "/" + tensor);
    }

    /** Returns a tensor of integers. */
    int[] ints(String tensor) {
      int[] values = fixtures.ints.get(name + "/" + tensor);
      if (values == null) {
        throw new IllegalStateException("case " + name + " has no integers " + tensor);
      }
      return values;
    }

    /** Says whether the case has a tensor. */
    boolean has(String tensor) {
      return fixtures.shapes.containsKey(name + "/" + tensor);
    }

    /** Returns the tensors whose names begin so, without that beginning, in order. */
    List<String> tensors(String beginning) {
      String start = name + "/" + beginning;
      return fixtures.shapes.keySet().stream()
          .filter(key -> key.startsWith(start))
          .map(key -> key.substring(start.length()))
          .toList();
    }

    /** Brings a tensor to a device, as floats or integers, whatever it is. */
    Tensor on(Device device, String tensor) {
      int[] shape = shape(tensor);
      int[] integers = fixtures.ints.get(name + "/" + tensor);
      return integers == null
          ? device.tensor(floats(tensor), shape)
          : device.tensor(integers, shape);
    }

    /** Returns a tensor's shape. */
    int[] shape(String tensor) {
      int[] shape = fixtures.shapes.get(name + "/" + tensor);
      if (shape == null) {
        throw new IllegalStateException("case " + name + " has no tensor " + tensor);
      }
      return shape;
    }

    /** Returns one of the integers that describe the case. */
    int setting(int i) {
      return ints("ints")[i];
    }

    /** Returns one of the floats that describe the case. */
    float factor(int i) {
      return floats("floats")[i];
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
