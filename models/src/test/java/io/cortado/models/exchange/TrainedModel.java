package io.cortado.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.autoencoder.CodeProbe;
import io.cortado.models.characters.CharProbe;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.cli.Cli;
import io.cortado.models.data.PictureDrawings;
import io.cortado.models.exchange.Sample.Array;
import io.cortado.models.forecast.ForecastProbe;
import io.cortado.models.mlp.TableProbe;
import io.cortado.models.recommender.RatingProbe;
import io.cortado.models.texts.TextProbe;
import io.cortado.models.word2vec.VectorProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The models of the zoo, trained for moments by the command line on a handful of data.
 *
 * @param name of the model and its form
 * @param arguments of {@code cortado train}; DIR stands for the folder of the data
 */
record TrainedModel(String name, String arguments) {

  private static final String WEIGHTS = "weights.safetensors";

  /** Returns all models in all forms. */
  static List<TrainedModel> all() {
    return List.of(
        of("mlp, pictures", "mlp --data digits --epochs 1"),
        of("mlp, regression", "mlp --task regression --output tanh --epochs 1"),
        of("mlp, binary", "mlp --task binary --epochs 1"),
        of("mlp, multiclass", "mlp --task multiclass --epochs 1"),
        of("mlp, multilabel", "mlp --task multilabel --loss mse11 --epochs 1 --batch-size 512"),
        of(
            "lenet5, 1998",
            "lenet5 --data DIR/pictures --image-size 16 --variant 1998 --epochs 1 --batch-size 8"),
        of(
            "lenet5, modern",
            "lenet5 --data DIR/pictures --image-size 16 --variant modern --epochs 1 --batch-size 8"),
        of(
            "alexnet, cifar",
            "alexnet --data DIR/pictures --image-size 8 --epochs 1 --batch-size 8"),
        of("autoencoder, dense", "autoencoder --data digits --code 4 --epochs 1"),
        of("autoencoder, tied", "autoencoder --data digits --code 4 --epochs 1 --tied"),
        of(
            "autoencoder, denoising",
            "autoencoder --data digits --form denoising --epochs 1 --tied"),
        of(
            "rnn",
            "rnn --text DIR/text.txt --hidden 12 --layers 2 --batch-size 4 --length 8 --epochs 1"),
        of(
            "lstm",
            "lstm --text DIR/text.txt --hidden 12 --layers 2 --batch-size 4 --length 8 --epochs 1"),
        of(
            "gru",
            "gru --text DIR/text.txt --hidden 12 --layers 1 --batch-size 4 --length 8 --epochs 1"),
        of("forecast", "forecast --hidden 8 --window 12 --epochs 1"),
        of("recommender, mf", "recommender --ratings DIR/ratings.csv --form mf --epochs 2"),
        of("recommender, neural", "recommender --ratings DIR/ratings.csv --form neural --epochs 2"),
        of("recommender, context", ""),
        of(
            "textcnn",
            "textcnn --texts DIR/texts.csv --filters 8 --hidden 8 --embedding 8 --epochs 2"),
        of("textrnn, lstm", "textrnn --texts DIR/texts.csv --hidden 8 --epochs 1 --cell lstm"),
        of("textrnn, gru", "textrnn --texts DIR/texts.csv --hidden 8 --epochs 1 --cell gru"),
        of(
            "word2vec",
            "word2vec --text DIR/text.txt --width 8 --rare 1 --sample 0.1 --batch-size 16 --epochs 1"));
  }

  private static TrainedModel of(String name, String arguments) {
    return new TrainedModel(name, arguments);
  }

  /** Writes the data that some models are trained on. */
  static void writeData(Path dir) throws IOException {
    PictureDrawings.crossesAndRings(dir.resolve("pictures"), 8);
    Random random = new Random(5);
    String[] words =
        "the cat saw a small bird in that tree and ran up to it at once but".split(" ");
    StringBuilder text = new StringBuilder();
    StringBuilder texts = new StringBuilder("text,label\n");
    for (int i = 0; i < 90; i++) {
      StringBuilder line = new StringBuilder(words[random.nextInt(words.length)]);
      for (int k = random.nextInt(9); k > 0; k--) {
        line.append(' ').append(words[random.nextInt(words.length)]);
      }
      text.append(line).append(".\n");
      texts.append(line).append(line.length() > 20 ? ",long\n" : ",short\n");
    }
    Files.writeString(dir.resolve("text.txt"), text);
    Files.writeString(dir.resolve("texts.csv"), texts);
    StringBuilder ratings = new StringBuilder("userId,movieId,rating,timestamp\n");
    for (int i = 0; i < 400; i++) {
      int user = random.nextInt(20);
      int item = random.nextInt(15);
      ratings.append(
          "u%d,i%d,%d,0%n".formatted(user, item, 1 + (user + item + random.nextInt(2)) % 5));
    }
    Files.writeString(dir.resolve("ratings.csv"), ratings);
  }

  /** Trains it, and returns the weights' file. */
  Path train(Path dir) throws IOException {
    Path out = dir.resolve(name.replaceAll("\\W+", "-"));
    if (arguments.isEmpty()) {
      Files.createDirectories(out);
      RatingProbe.saveWithContext(out.resolve(WEIGHTS));
      return out.resolve(WEIGHTS);
    }
    List<String> line = new ArrayList<>(List.of("train"));
    for (String word : arguments.split(" ")) {
      line.add(word.replace("DIR", dir.toString()));
    }
    line.addAll(List.of("--out", out.toString(), "--no-progress"));
    Cli.Result r = Cli.run(line.toArray(String[]::new));
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    return out.resolve(WEIGHTS);
  }

  /** Returns a batch of n with what the model makes of it. */
  static Sample sample(Path weights, Device device, int n) {
    ModelDescription d = Checkpoint.description(weights);
    Random random = new Random(n);
    return switch (d.name()) {
      case "mlp" ->
          d.options().containsKey("task")
              ? rows(weights, d, device, n, random)
              : pictures(weights, d, device, n, random);
      case "lenet5", "alexnet" -> pictures(weights, d, device, n, random);
      case "autoencoder" -> {
        float[] x = noise(random, n * (int) d.input().size(), false);
        yield new Sample(
            Map.of("input", Array.of(x, d.input().prepend(n).toArray())),
            CodeProbe.outputs(weights, d, device, x));
      }
      case "forecast" ->
          new Sample(
              Map.of("input", Array.of(ForecastProbe.windows(d, n), n, d.input().dim(0))),
              Map.of("output", ForecastProbe.said(weights, d, device, n)));
      case "recommender" -> ratings(weights, d, device, n, random);
      case "textcnn", "textrnn" -> texts(weights, d, device, n, random);
      case "word2vec" -> {
        int count = d.option("words").split(" ").length;
        int[] words = random.ints(n, 0, count).toArray();
        yield new Sample(
            Map.of("input", Array.of(words, n)), VectorProbe.outputs(weights, d, device, words));
      }
      default -> characters(weights, d, device, n, random);
    };
  }

  private static Sample pictures(
      Path weights, ModelDescription d, Device device, int n, Random random) {
    Shape batch = d.input().prepend(n);
    float[] x = noise(random, (int) batch.size(), true);
    Checkpoint model = Checkpoint.read(weights, device);
    try (Step step = device.inference()) {
      float[] y = model.network().forward(step.tensor(x, batch.toArray())).toFloatArray();
      return new Sample(Map.of("input", Array.of(x, batch.toArray())), Map.of("output", y));
    }
  }

  private static Sample rows(
      Path weights, ModelDescription d, Device device, int n, Random random) {
    int columns = TableProbe.columns(d);
    float[] x = TableProbe.rows(d, noise(random, n * columns, true));
    return new Sample(
        Map.of("input", Array.of(x, n, columns)),
        Map.of("output", TableProbe.told(weights, d, device, x)));
  }

  private static Sample ratings(
      Path weights, ModelDescription d, Device device, int n, Random random) {
    int[] users = random.ints(n, 0, d.option("users").split("\n").length).toArray();
    int[] items = random.ints(n, 0, d.classes().size()).toArray();
    return new Sample(
        Map.of("user", Array.of(users, n), "item", Array.of(items, n)),
        Map.of("output", RatingProbe.ratings(weights, d, device, users, items)));
  }

  /** The last text is empty, the one before it shorter than the widest filter. */
  private static Sample texts(
      Path weights, ModelDescription d, Device device, int n, Random random) {
    List<int[]> texts =
        IntStream.range(0, n)
            .mapToObj(i ->
                random
                    .ints(i == n - 1 ? 0 : i == n - 2 ? 2 : 1 + random.nextInt(12), 1, 12)
                    .toArray())
            .toList();
    TextProbe.Said said = TextProbe.scores(weights, d, device, texts);
    return new Sample(
        Map.of("input", Array.of(said.ids(), n, said.length())), Map.of("output", said.scores()));
  }

  private static Sample characters(
      Path weights, ModelDescription d, Device device, int n, Random random) {
    int[] shape = CharProbe.states(d, n);
    int steps = 1 + n;
    int[] x = random.ints((long) steps * n, 0, d.classes().size()).toArray();
    float[] h = noise(random, shape[0] * n * shape[2], false);
    float @Nullable [] c =
        d.name().equals("lstm") ? noise(random, shape[0] * n * shape[2], true) : null;
    Map<String, float[]> outputs = CharProbe.outputs(weights, d, device, x, n, h, c);
    Array ids = Array.of(x, steps, n);
    return new Sample(
        c == null
            ? Map.of("input", ids, "h0", Array.of(h, shape))
            : Map.of("input", ids, "h0", Array.of(h, shape), "c0", Array.of(c, shape)),
        outputs);
  }

  private static float[] noise(Random random, int n, boolean normal) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = normal ? (float) random.nextGaussian() : random.nextFloat();
    }
    return values;
  }

  @Override
  public String toString() {
    return name;
  }
}
