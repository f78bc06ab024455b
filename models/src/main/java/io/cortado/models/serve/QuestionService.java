package io.cortado.models.serve;

import io.cortado.Device;
import io.cortado.data.DataException;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor;
import io.cortado.models.Values;
import io.cortado.models.http.Json;
import io.cortado.models.http.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/**
 * Asks a model what {@code cortado predict} asks it: the options are names of a JSON object.
 *
 * <p>It works on a copy of the weights, so that what happens to the file changes no answer. A
 * request never names a file: rows of a table come as text.
 */
final class QuestionService implements Service {

  /** Characters are written one after the other: nobody may keep the network for long. */
  private static final int MOST_LENGTH = 2000;

  private static final String ROWS = "--rows";

  private final Path folder;
  private final Path weights;
  private final ModelDescription model;
  private final Predictor predictor;
  private final Supplier<Device> devices;
  private final Batcher<Map<String, String>, String> batcher;

  private QuestionService(
      Path folder,
      Path weights,
      ModelDescription model,
      Predictor predictor,
      Supplier<Device> devices,
      Limits limits,
      Metrics metrics) {
    this.folder = folder;
    this.weights = weights;
    this.model = model;
    this.predictor = predictor;
    this.devices = devices;
    Batcher.Limits single = new Batcher.Limits(1, 0, limits.batching().queue());
    batcher = new Batcher<>(asked -> List.of(ask(asked.getFirst())), single, metrics);
  }

  static QuestionService open(
      Path file,
      ModelDescription model,
      Predictor predictor,
      Supplier<Device> devices,
      Limits limits,
      Metrics metrics) {
    devices.get().close(); // one that cannot be had is told of now
    try {
      Path folder = Files.createTempDirectory("cortado-serve");
      Path weights = Files.copy(file, folder.resolve("weights.safetensors"));
      return new QuestionService(folder, weights, model, predictor, devices, limits, metrics);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("model", model.name());
    said.put(
        "takes", new TreeSet<>(predictor.questions()).stream().map(q -> q.substring(2)).toList());
    said.put("drawing", false);
    return said;
  }

  @Override
  public Object answer(String type, byte[] body) {
    if (!type.equals(Json.TYPE)) {
      throw Refusal.of(415, "the body is of the type '%s'; send %s".formatted(type, Json.TYPE));
    }
    Map<String, String> options = new TreeMap<>();
    Json.object(body)
        .properties()
        .forEach(e -> {
          String option = "--" + e.getKey();
          if (!predictor.questions().contains(option)) {
            throw Refusal.bad(
                "the model %s takes no \"%s\"; it takes %s"
                    .formatted(model.name(), e.getKey(), describe().get("takes")));
          }
          options.put(option, value(e.getKey(), e.getValue()));
        });
    return Map.of("answer", Answers.of(batcher.submit(List.of(options))).getFirst());
  }

  private static String value(String name, JsonNode node) {
    if (!node.isString() && !node.isNumber()) {
      throw Refusal.bad("\"%s\" has to be a text or a number".formatted(name));
    }
    String value = node.asString();
    try {
      switch (name) {
        case "length" -> {
          if (check(new Values.Positive(), value) > MOST_LENGTH) {
            throw Refusal.bad("\"length\" is %s; give at most %d".formatted(value, MOST_LENGTH));
          }
        }
        case "top" -> check(new Values.Positive(), value);
        case "temperature" -> check(new Values.Temperature(), value);
        case "seed" -> check(new Values.Seed(), value);
        default -> {}
      }
    } catch (TypeConversionException e) {
      throw Refusal.bad("\"%s\": %s".formatted(name, e.getMessage()));
    }
    return value;
  }

  private static <T> T check(ITypeConverter<T> converter, String value) {
    try {
      return converter.convert(value);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks; one thread at a time. The device ends with the answer, and with it all its memory. */
  private String ask(Map<String, String> asked) {
    Path rows = folder.resolve("rows.csv");
    Map<String, String> options = new TreeMap<>(asked);
    StringWriter out = new StringWriter();
    try (Device device = devices.get();
        PrintWriter print = new PrintWriter(out)) {
      if (options.containsKey(ROWS)) {
        Files.writeString(rows, options.put(ROWS, rows.toString()));
      }
      predictor.answer(new Predictor.Question(weights, model, options, device, print));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InputException | DataException e) {
      throw new InputException(
          String.valueOf(e.getMessage())
              .replace(weights.toString(), "what is served")
              .replace(rows.toString(), "rows")
              .replace("--", ""),
          e);
    }
    return out.toString().strip();
  }

  @Override
  public boolean isAlive() {
    return batcher.isAlive();
  }

  @Override
  public void close() {
    batcher.close();
    try {
      Files.deleteIfExists(folder.resolve("rows.csv"));
      Files.deleteIfExists(weights);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // It lies where the system clears up.
    }
  }
}
