package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import java.util.Locale;

/**
 * A published set of labelled images with its published split.
 *
 * <p>For validation, split the training part; the test part is for the last figure alone.
 */
public interface ImageDataSet extends DataSet {

  /** Returns what is known of it without reading it. */
  ImageInfo info();

  /** Returns what of a user's files is left out, to be said behind how many there are. */
  default String without() {
    return "";
  }

  @Override
  default About about() {
    ImageInfo i = info();
    String size =
        String.format(
            Locale.ROOT, "%,d + %,d images, %d classes", i.trainSize(), i.testSize(), i.classes());
    return new About(i.name(), i.description(), size, i.source(), i.licence());
  }

  /**
   * Reads the training part: images {@code [channels, height, width]}, scaled as {@link #info()}
   * says, and a class for each.
   *
   * <p>Downloads it first where it is missing and the home allows it.
   *
   * @throws DataException if it is nowhere to be had, or a file is not what it should be
   */
  Dataset train(DataHome home);

  /** Reads the test part, as {@link #train} does. */
  Dataset test(DataHome home);
}
