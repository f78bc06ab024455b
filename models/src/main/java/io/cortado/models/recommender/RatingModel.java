package io.cortado.models.recommender;

import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.embedding;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.models.data.Ratings;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.Value;
import io.cortado.nn.Embedding;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import io.cortado.nn.init.Initializers;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which rating a user gives an item.
 *
 * <pre>
 *   mf       rating = mean + b(user) + b(item) + p(user) . q(item)
 *   neural   rating = mean + b(user) + b(item) + MLP(p(user), q(item), c(context))
 *            MLP: 2 width + 4 attributes - hidden - ReLU - dropout - hidden / 2 - ReLU - dropout - 1
 * </pre>
 *
 * <p>The context, what else is known of a rating, has 4 numbers for each value of its attributes;
 * most sets have none.
 *
 * <p>Matrix factorization: Y. Koren, R. Bell, C. Volinsky, Computer 42, 2009; a network in the
 * place of the product: X. He et al., "Neural collaborative filtering", WWW 2017.
 */
final class RatingModel extends Module {

  private static final double DROPOUT = 0.3;
  private static final int CONTEXT_WIDTH = 4;
  private static final int HIDDEN = 32;

  private final Shape shape;
  private final Embedding users;
  private final Embedding items;
  private final Embedding userBias;
  private final Embedding itemBias;
  private final @Nullable Embedding context;
  private final @Nullable Sequential mlp;

  /**
   * What has to be known to build one.
   *
   * @param neural whether a network stands in the place of the product
   * @param users how many there are
   * @param items how many there are
   * @param width numbers that describe a user or an item
   * @param hidden units of the network's first hidden layer
   * @param attributes how many attributes a rating's context has
   * @param values how many values these have together
   * @param mean the mean rating
   */
  record Shape(
      boolean neural,
      int users,
      int items,
      int width,
      int hidden,
      int attributes,
      int values,
      float mean) {

    /** Returns the shape of a model for some of all ratings. */
    static Shape of(boolean neural, int width, Ratings r, int[] rows) {
      return new Shape(
          neural,
          r.userNames().size(),
          r.itemNames().size(),
          width,
          HIDDEN,
          r.context().attributes(),
          r.context().count(),
          (float) r.mean(rows));
    }
  }

  RatingModel(Shape shape) {
    this.shape = shape;
    users = child("users", table(shape.users, shape.width, 0.1));
    items = child("items", table(shape.items, shape.width, 0.1));
    userBias = child("user_bias", table(shape.users, 1, 0));
    itemBias = child("item_bias", table(shape.items, 1, 0));
    context =
        shape.neural && shape.attributes > 0
            ? child("context", table(shape.values, CONTEXT_WIDTH, 0.1))
            : null;
    mlp =
        shape.neural
            ? child(
                "mlp",
                sequential(
                    linear(2 * shape.width + CONTEXT_WIDTH * shape.attributes, shape.hidden),
                    relu(),
                    dropout(DROPOUT),
                    linear(shape.hidden, shape.hidden / 2),
                    relu(),
                    dropout(DROPOUT),
                    linear(shape.hidden / 2, 1)))
            : null;
  }

  private static Embedding table(int rows, int width, double deviation) {
    return embedding(rows, width)
        .weightInit(deviation == 0 ? Initializers.zeros() : Initializers.normal(0, deviation));
  }

  /** Returns ratings {@code [n]} of a batch of users and items. */
  Tensor forward(Batch batch) {
    Tensor user = batch.get(Ratings.USER);
    Tensor item = batch.get(Ratings.ITEM);
    Tensor p = users.forward(user);
    Tensor q = items.forward(item);
    Tensor biases = userBias.forward(user).add(itemBias.forward(item)).squeeze(1);
    Tensor match =
        mlp == null ? p.mul(q).sum(1, false) : mlp.forward(described(batch, p, q)).squeeze(1);
    return biases.add(match).add(shape.mean);
  }

  private Tensor described(Batch batch, Tensor p, Tensor q) {
    if (context == null) {
      return Tensor.concat(1, p, q);
    }
    Tensor c = context.forward(batch.get(Ratings.CONTEXT));
    return Tensor.concat(1, p, q, c.reshape(batch.size(), CONTEXT_WIDTH * shape.attributes));
  }

  /** Says whether a parameter is a table of biases. */
  boolean isBias(Parameter parameter) {
    return parameter == userBias.weight() || parameter == itemBias.weight();
  }

  /** Says whether a parameter describes a user or an item. */
  boolean isFactor(Parameter parameter) {
    return parameter == users.weight() || parameter == items.weight();
  }

  /** Returns what describes each item. */
  float[] itemFactors() {
    return items.weight().value().toFloatArray();
  }

  /** Makes the ratings of some users and items NaN. */
  void silence(Set<Integer> ofUsers, Set<Integer> ofItems) {
    silence(userBias.weight().value(), ofUsers);
    silence(itemBias.weight().value(), ofItems);
  }

  private static void silence(Tensor biases, Set<Integer> rows) {
    float[] values = biases.toFloatArray();
    rows.forEach(row -> values[row] = Float.NaN);
    biases.set(values);
  }

  /** Adds the same to a graph, for users and items by their numbers. */
  String export(LayerExport layers, Step step, String user, String item, Ratings.Context usual) {
    Graph graph = layers.graph();
    String p = layers.gather("users", users, user);
    String q = layers.gather("items", items, item);
    String ofUser = layers.gather("user_bias", userBias, user);
    String biases =
        graph.add("biases", Node.of("Add"), ofUser, layers.gather("item_bias", itemBias, item));
    String match;
    if (mlp == null) {
      String product = graph.add("match", Node.of("Mul"), p, q);
      match = graph.add("match", Node.of("ReduceSum"), product, graph.integers("match", 1));
    } else {
      String described = described(layers, item, p, q, usual);
      int width = 2 * shape.width + CONTEXT_WIDTH * shape.attributes;
      match = layers.add("mlp", mlp, new Value(described, step.zeros(1, width))).name();
    }
    String sum = graph.add("rating", Node.of("Add"), biases, match);
    String column = graph.add("rating", Node.of("Add"), sum, graph.number("mean", shape.mean));
    return graph.add("rating", Node.of("Squeeze"), column, graph.integers("rating", 1));
  }

  private String described(
      LayerExport layers, String item, String p, String q, Ratings.Context usual) {
    Graph graph = layers.graph();
    Node concat = Node.of("Concat").with("axis", 1L);
    if (context == null) {
      return graph.add("described", concat, p, q);
    }
    io.cortado.Shape rows = io.cortado.Shape.of(shape.items, shape.attributes);
    String table = graph.table("usual", usual.codes(), rows);
    String codes = graph.add("usual", Node.of("Gather"), table, item);
    String vectors = layers.gather("context", context, codes);
    String flat =
        graph.add("context", Node.of("Reshape"), vectors, graph.integers("context", 0, -1));
    return graph.add("described", concat, p, q, flat);
  }
}
