package io.cortado.models.serve;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.PictureReader;
import io.cortado.models.classify.TestResult;
import io.cortado.models.http.Json;
import io.cortado.models.http.Refusal;
import io.cortado.models.images.ImageFiles;
import io.cortado.nn.Layer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Tells what pictures show. */
final class PictureService implements Service {

  /** Data sets of strokes: what is drawn with the mouse looks like theirs. */
  private static final Set<String> DRAWN = Set.of("mnist", "digits");

  private final Device device;
  private final ImageModel model;
  private final Layer network;
  private final PictureReader reader;
  private final long maxPixels;
  private final int maxImages;
  private final Batcher<float[], float[]> batcher;

  /** A decoded picture takes memory: no more are decoded at once than there are cores. */
  private final Semaphore decoding = new Semaphore(Runtime.getRuntime().availableProcessors());

  /** Takes the device over, and closes it. */
  PictureService(Path file, Device device, Limits limits, Metrics metrics) {
    this.device = device;
    Checkpoint read = Checkpoint.read(file, device);
    model = read.description();
    network = read.network();
    reader = PictureReader.of(model);
    maxPixels = limits.maxPixels();
    maxImages = limits.batching().queue();
    float[] blank = new float[Math.toIntExact(model.input().size())];
    List<float[]> unused = compute(List.of(blank));
    // Memory that does not suffice is found out now, not by the first busy hour.
    unused = compute(Collections.nCopies(limits.batching().maxBatch(), blank));
    batcher = new Batcher<>(this::compute, limits.batching(), metrics);
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("model", model.model());
    said.put("variant", model.variant());
    said.put("data", model.data());
    said.put("input", Arrays.stream(model.input().toArray()).boxed().toList());
    said.put("classes", model.classes());
    said.put("takes", "pictures");
    said.put("drawing", DRAWN.contains(model.data()));
    return said;
  }

  @Override
  public Object answer(String type, byte[] body) {
    if (type.equals(Json.TYPE)) {
      ImageRequest request = ImageRequest.of(body, maxImages);
      List<Map<String, Object>> told = ask(request.images());
      return request.single() ? told.getFirst() : Map.of("predictions", told);
    }
    if (type.startsWith("image/") || type.equals("application/octet-stream")) {
      return ask(List.of(body)).getFirst();
    }
    throw Refusal.of(
        415,
        "the body is of the type '%s'; send a picture as image/png or image/jpeg, or %s"
            .formatted(type, Json.TYPE));
  }

  private List<Map<String, Object>> ask(List<byte[]> files) {
    List<float[]> samples = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      samples.add(sample(files.get(i), Integer.toString(i + 1)));
    }
    return Answers.of(batcher.submit(samples)).stream().map(this::told).toList();
  }

  private float[] sample(byte[] file, String name) {
    decoding.acquireUninterruptibly();
    try {
      return reader.sample(ImageFiles.read(file, name, maxPixels), name);
    } finally {
      decoding.release();
    }
  }

  private Map<String, Object> told(float[] p) {
    int best = TestResult.largest(p);
    Map<String, Float> all = new LinkedHashMap<>();
    for (int i = 0; i < p.length; i++) {
      all.put(model.classes().get(i), p[i]);
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("class", model.classes().get(best));
    told.put("probability", p[best]);
    told.put("probabilities", all);
    return told;
  }

  /** Runs the network; one thread at a time. */
  private List<float[]> compute(List<float[]> samples) {
    int size = Math.toIntExact(model.input().size());
    float[] x = new float[samples.size() * size];
    for (int i = 0; i < samples.size(); i++) {
      System.arraycopy(samples.get(i), 0, x, i * size, size);
    }
    try (Step step = device.inference()) {
      int[] shape = model.input().prepend(samples.size()).toArray();
      float[] scores = network.forward(step.tensor(x, shape)).toFloatArray();
      int classes = model.classes().size();
      List<float[]> told = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        told.add(TestResult.softmax(Arrays.copyOfRange(scores, i * classes, (i + 1) * classes)));
      }
      return told;
    }
  }

  @Override
  public boolean isAlive() {
    return batcher.isAlive();
  }

  @Override
  public void close() {
    batcher.close();
    device.close();
  }
}
