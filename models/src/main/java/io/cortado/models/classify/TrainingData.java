package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.data.Transforms;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.ImageDataSet;
import java.util.stream.IntStream;

/**
 * A data set in three parts.
 *
 * @param train what the model learns from
 * @param validation what chooses the best epoch: a twelfth of the published training part, of each
 *     class the same share, always the same images
 * @param test the published test part
 * @param wholeTest the same before parts are cut out of it
 * @param without what of a user's files is left out, to be said behind how many there are
 */
public record TrainingData(
    Dataset train, Dataset validation, Dataset test, Dataset wholeTest, String without) {

  /** 55,000 and 5,000 of MNIST's 60,000. */
  private static final double TRAIN_SHARE = 11.0 / 12;

  private static final long SPLIT_SEED = 1998;

  /**
   * Returns the same with parts of a size cut out: of training images at random, else the middle.
   */
  public TrainingData cutTo(int height, int width) {
    if (train.inputShape().dim(1) == height && train.inputShape().dim(2) == width) {
      return this;
    }
    return new TrainingData(
        train.map(Transforms.randomCropTo(height, width)),
        validation.map(Transforms.centerCrop(height, width)),
        test.map(Transforms.centerCrop(height, width)),
        wholeTest,
        without);
  }

  /**
   * Returns some samples of a set from all over it, so that of each class there is its share also
   * where one class follows the other, as in folders of pictures.
   */
  static Dataset some(Dataset set, int count) {
    int n = Math.min(count, set.size());
    return set.subset(IntStream.range(0, n).map(i -> (int) ((long) i * set.size() / n)).toArray());
  }

  /** Reads a set and splits its training part. */
  public static TrainingData read(ImageDataSet set, DataHome home) {
    Dataset.Split split = set.train(home).stratifiedSplit(TRAIN_SHARE, SPLIT_SEED);
    Dataset test = set.test(home);
    return new TrainingData(split.train(), split.validation(), test, test, set.without());
  }
}
