package io.cortado.models.recommender;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.io.ModelDescription;
import io.cortado.models.data.Ratings;
import io.cortado.train.Inference;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;

/** What a recommender says, by the data sets that it is evaluated on. */
public final class RatingProbe {

  private static final int ATTRIBUTES = 2;
  private static final int VALUES = 5;

  private RatingProbe() {}

  /** Saves a model whose ratings have a context. */
  public static void saveWithContext(Path file) {
    Random random = new Random(3);
    int n = 200;
    int[] codes = new int[n * ATTRIBUTES];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = i % ATTRIBUTES == 0 ? random.nextInt(2) : 2 + random.nextInt(3);
    }
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 1 + random.nextInt(5);
    }
    Ratings r =
        new Ratings(
            "made up",
            IntStream.range(0, 9).mapToObj(i -> "u" + i).toList(),
            IntStream.range(0, 7).mapToObj(i -> "i" + i).toList(),
            IntStream.range(0, n).map(i -> i % 9).toArray(),
            IntStream.range(0, n).map(i -> i % 7).toArray(),
            values,
            new Ratings.Context(ATTRIBUTES, VALUES, codes));
    int[] rows = IntStream.range(0, n).toArray();
    RatingModel.Shape shape = RatingModel.Shape.of(true, 6, r, rows);
    try (Device device = Device.cpu()) {
      RatingModel model = new RatingModel(shape);
      model.init(device, 4);
      Descriptions.save(file, model, r, rows, shape);
    }
  }

  public static float[] ratings(
      Path weights, ModelDescription d, Device device, int[] users, int[] items) {
    Descriptions known = Descriptions.of(d, "probe");
    RatingModel model = new RatingModel(known.shape());
    model.init(device, 0);
    model.load(weights);
    ArrayDataset asked =
        Ratings.with(
                ArrayDataset.builder()
                    .classes(Ratings.USER, users, known.users().size())
                    .classes(Ratings.ITEM, items, d.classes().size()),
                known.usual(),
                items)
            .build();
    return Inference.predict(model, model::forward, asked, 64).values();
  }
}
