package io.cortado.models;

import io.cortado.models.alexnet.AlexNet;
import io.cortado.models.autoencoder.Autoencoder;
import io.cortado.models.characters.CharModel;
import io.cortado.models.checkerboard.Checkerboard;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.classify.ModelEntry;
import io.cortado.models.forecast.Forecast;
import io.cortado.models.lenet.LeNet5;
import io.cortado.models.mlp.TableMlp;
import io.cortado.models.overfitting.Overfitting;
import io.cortado.models.recommender.Recommender;
import io.cortado.models.texts.TextCnn;
import io.cortado.models.texts.TextRnn;
import io.cortado.models.word2vec.Word2Vec;
import java.util.List;

/** The models there are. */
public final class Zoo {

  private Zoo() {}

  private static final List<String> NAMES =
      List.of(
          "mlp",
          "lenet5",
          "alexnet",
          "autoencoder",
          "rnn",
          "lstm",
          "gru",
          "forecast",
          "recommender",
          "checkerboard",
          "overfitting",
          "textcnn",
          "textrnn",
          "word2vec");

  /** Returns all models, newly made: each holds the options of one training. */
  public static List<ZooModel> models() {
    return NAMES.stream().map(Zoo::make).toList();
  }

  /** Makes one alone: most commands need no other, and a model's classes take time to load. */
  private static ZooModel make(String name) {
    return switch (name) {
      case "mlp" -> new TableMlp();
      case "lenet5" -> LeNet5.model();
      case "alexnet" -> AlexNet.model();
      case "autoencoder" -> new Autoencoder();
      case "rnn", "lstm", "gru" -> new CharModel(name);
      case "forecast" -> new Forecast();
      case "recommender" -> new Recommender();
      case "checkerboard" -> new Checkerboard();
      case "overfitting" -> new Overfitting();
      case "textcnn" -> new TextCnn();
      case "textrnn" -> new TextRnn();
      case "word2vec" -> new Word2Vec();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /**
   * Finds a model by name.
   *
   * @throws InputException if there is none
   */
  public static ZooModel find(String name) {
    if (!NAMES.contains(name)) {
      throw Suggestions.unknown("model", name, NAMES);
    }
    return make(name);
  }

  /**
   * Finds an image classifier by name.
   *
   * @throws InputException if there is none
   */
  public static ModelEntry classifier(String name) {
    if (find(name) instanceof ImageClassifier classifier) {
      return classifier.entry();
    }
    throw new InputException(
        name + " is no image classifier; 'cortado models' says what each model does");
  }
}
