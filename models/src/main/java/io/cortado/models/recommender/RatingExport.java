package io.cortado.models.recommender;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.OnnxFile;
import java.nio.file.Path;

/** Writes a recommender as ONNX: numbers of users and items go in, ratings come out. */
final class RatingExport {

  private static final String NOTES =
      "input user: users by their numbers, 0 for the first of cortado.model's users; item: items likewise, by its classes;"
          + " output: the ratings as 'cortado predict' says them, NaN where nothing is known of the user or the item";

  private RatingExport() {}

  static void write(Path weights, ModelDescription d, Device device, Path onnx) {
    Descriptions known = Descriptions.of(d, weights.toString());
    RatingModel model = new RatingModel(known.shape());
    model.init(device, 0);
    model.load(weights);
    model.silence(known.newUsers(), known.newItems()); // predict refuses these, a graph cannot
    model.eval();
    OnnxFile.write(
        onnx,
        d,
        NOTES,
        graph -> {
          String user = graph.inputOfIntegers("user", OnnxFile.BATCH);
          String item = graph.inputOfIntegers("item", OnnxFile.BATCH);
          try (Step step = device.inference()) {
            String ratings = model.export(new LayerExport(graph), step, user, item, known.usual());
            graph.output(OnnxFile.OUTPUT, ratings, OnnxFile.BATCH);
          }
        });
  }
}
