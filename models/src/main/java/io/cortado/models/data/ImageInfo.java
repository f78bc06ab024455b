package io.cortado.models.data;

import io.cortado.data.Scaling;
import java.util.List;

/**
 * What is known of a set of images without reading it.
 *
 * @param name what the command line calls it
 * @param description one line
 * @param source who made it, and where it was published
 * @param licence under which terms it may be used
 * @param trainSize the number of training samples
 * @param testSize the number of test samples
 * @param classNames in the order of the labels
 * @param channels 1 for grey
 * @param height in pixels
 * @param width in pixels
 * @param scaling what a byte of a pixel becomes: mean 0 and standard deviation 1 over the training
 *     part; images given to a model later need the same
 */
public record ImageInfo(
    String name,
    String description,
    String source,
    String licence,
    int trainSize,
    int testSize,
    List<String> classNames,
    int channels,
    int height,
    int width,
    Scaling scaling) {

  /** Makes the list of names unmodifiable. */
  public ImageInfo {
    classNames = List.copyOf(classNames);
  }

  /** Returns the number of classes. */
  public int classes() {
    return classNames.size();
  }
}
