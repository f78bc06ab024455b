package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import java.util.Optional;

/**
 * A published set of labelled images with its published split.
 *
 * <p>For validation, split the training part; the test part is for the last figure alone.
 */
public interface ImageDataSet {

  /** Returns what is known of it without reading it. */
  ImageInfo info();

  /**
   * Returns where its files are, for a list; empty if they have to be downloaded.
   *
   * @param home where to look
   */
  Optional<String> location(DataHome home);

  /**
   * Brings the files to this machine, if they are not here already, and checks them.
   *
   * @throws DataException if that fails; what was downloaded so far is kept for the next attempt
   */
  void fetch(DataHome home);

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
