package io.cortado.models.recommender;

import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.embedding;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;

import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.models.data.Ratings;
import io.cortado.nn.Embedding;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import io.cortado.nn.init.Initializers;
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
      float mean) {}

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
}
