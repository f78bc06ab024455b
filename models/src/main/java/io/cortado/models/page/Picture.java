package io.cortado.models.page;

import io.cortado.models.pictures.MisreadPicture.Misread;

/**
 * A picture that was misread.
 *
 * @param pixels row after row, channel after channel
 */
record Picture(
    String truth, String predicted, float probability, int width, int height, byte[] pixels) {

  /** Larger ones are shown by every second, third... pixel. */
  private static final int SIDE = 64;

  static Picture of(Misread m) {
    int channels = m.pixels().length / (m.width() * m.height());
    int each = Math.max(1, Math.ceilDiv(Math.max(m.width(), m.height()), SIDE));
    int width = m.width() / each;
    int height = m.height() / each;
    byte[] bytes = new byte[channels * width * height];
    int n = 0;
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          float v = m.pixels()[(c * m.height() + y * each) * m.width() + x * each];
          bytes[n++] = (byte) Math.round(255 * Math.clamp(v, 0f, 1f));
        }
      }
    }
    return new Picture(m.truth(), m.predicted(), m.probability(), width, height, bytes);
  }
}
