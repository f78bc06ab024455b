package io.cortado.models.tensorboard;

import io.cortado.Shape;
import io.cortado.models.Onlooker;
import io.cortado.models.insight.Filters;
import io.cortado.models.pictures.MisreadPicture;
import io.cortado.models.pictures.MisreadPicture.Misread;
import io.cortado.models.pictures.TileSheet;
import io.cortado.nn.Module;
import io.cortado.nn.Summary;
import io.cortado.train.Callback;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run of {@code cortado train NAME --tensorboard}, in the folder {@value #FOLDER} of its own; of
 * one that trains more than once, in a folder below for each.
 */
public final class TensorBoardRun implements Onlooker {

  /** The folder in that of the run. */
  public static final String FOLDER = "tensorboard";

  private static final int COLUMNS = 8;

  /** The middle grey of {@link Filters}. */
  private static final int MIDDLE = 128;

  private final Path folder;
  private final int everySteps;
  private final Map<String, String> settings;
  private final Consumer<String> warnings;
  private @Nullable Summary layers;
  private @Nullable Shape input;
  private @Nullable Supplier<List<Misread>> misread;

  /**
   * Makes one.
   *
   * @param run the run's folder
   * @param everySteps how many steps lie between two points
   * @param settings what the run was given, by name
   * @param warnings told that something cannot be written
   */
  public TensorBoardRun(
      Path run, int everySteps, Map<String, String> settings, Consumer<String> warnings) {
    this.folder = run.resolve(FOLDER);
    this.everySteps = everySteps;
    this.settings = settings;
    this.warnings = warnings;
  }

  @Override
  public void network(Summary table, Shape inputShape) {
    layers = table;
    input = inputShape;
  }

  @Override
  public void misread(Supplier<List<Misread>> some) {
    misread = some;
  }

  @Override
  public List<Callback> join(Joined to) {
    return List.of(
        new TensorBoardLog(folder.resolve(to.part()))
            .everySteps(everySteps)
            .warnings(warnings)
            .text("settings", table("setting", "value", settings))
            .text("model", training -> model(training.model()))
            .image("filters", training -> filters(training.model()))
            .image("misread", _ -> misread()));
  }

  private String model(Module model) {
    Summary known = layers;
    if (known != null) {
      return "```\n" + known + "\n```";
    }
    Map<String, String> shapes = new LinkedHashMap<>();
    model.namedParameters().forEach((name, p) -> shapes.put(name, p.shape().toString()));
    return table("parameter", "shape", shapes);
  }

  /** Returns a table in Markdown. */
  private static String table(String first, String second, Map<String, String> rows) {
    StringBuilder text = new StringBuilder("| %s | %s |\n| --- | --- |\n".formatted(first, second));
    rows.forEach((name, value) ->
        text.append("| ")
            .append(name)
            .append(" | ")
            .append(value.replace("|", "\\|").replace('\n', ' '))
            .append(" |\n"));
    return text.toString();
  }

  private Optional<BufferedImage> filters(Module model) {
    Shape shape = input;
    return shape == null ? Optional.empty() : Filters.of(model, shape).map(TensorBoardRun::draw);
  }

  private static BufferedImage draw(Filters filters) {
    float[] values = new float[filters.pictures().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Byte.toUnsignedInt(filters.pictures()[i]) - MIDDLE;
    }
    return TileSheet.draw(
        filters.name(),
        List.of(
            new TileSheet.Section(
                "the first layer's weights, 0 the middle grey",
                values,
                filters.channels(),
                filters.height(),
                filters.width(),
                COLUMNS,
                true)));
  }

  private Optional<BufferedImage> misread() {
    Supplier<List<Misread>> some = misread;
    List<Misread> wrong = some == null ? List.of() : some.get();
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(MisreadPicture.draw("Validation images that are misread", wrong));
  }
}
