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

  /** Returns all models, newly made: each holds the options of one training. */
  public static List<ZooModel> models() {
    return List.of(
        new TableMlp(),
        LeNet5.model(),
        AlexNet.model(),
        new Autoencoder(),
        new CharModel("rnn"),
        new CharModel("lstm"),
        new CharModel("gru"),
        new Forecast(),
        new Recommender(),
        new Checkerboard(),
        new Overfitting(),
        new TextCnn(),
        new TextRnn(),
        new Word2Vec());
  }

  /**
   * Finds a model by name.
   *
   * @throws InputException if there is none
   */
  public static ZooModel find(String name) {
    return Suggestions.find("model", name, models(), ZooModel::name);
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
