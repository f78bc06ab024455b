package io.cortado.cuda.dnn;

/**
 * What cuDNN is not asked for; tests take less, having no room for so much.
 *
 * @param workspace how many bytes an algorithm may want before a slower one is taken
 * @param elements the most elements of a tensor
 * @param normalized the most images of a batch that is normalised
 * @see <a
 *     href="https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-ops-library.html">
 *     cudnnSetTensor4dDescriptor: a tensor is limited to 2 giga-elements</a>
 */
public record Limits(long workspace, long elements, int normalized) {

  /**
   * The limits of a device.
   *
   * <p>cuDNN tells no bound of the images that it normalises, but has one: PyTorch leaves no more
   * than 880,801 images to it, and left no more than 131,070 rows. This is below both, and what a
   * grid's second and third axes reach.
   */
  public static final Limits DEFAULT = new Limits(256L << 20, Integer.MAX_VALUE, 65_535);
}
