package io.cortado.models.tensorboard;

import com.google.protobuf.ByteString;
import io.cortado.models.insight.Spread;
import io.cortado.models.protobuf.Message;

/**
 * The messages that TensorBoard reads.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto">event.proto,
 *     summary.proto, histogram.proto, tensor.proto</a>
 */
final class Events {

  private static final String VERSION = "brain.Event:2";

  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int EVENT_SESSION_LOG = 7;

  private static final int SESSION_STATUS = 1;
  private static final int SESSION_START = 1;

  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;
  private static final int VALUE_IMAGE = 4;
  private static final int VALUE_HISTOGRAM = 5;
  private static final int VALUE_TENSOR = 8;
  private static final int VALUE_METADATA = 9;

  private static final int IMAGE_HEIGHT = 1;
  private static final int IMAGE_WIDTH = 2;
  private static final int IMAGE_COLORSPACE = 3;
  private static final int IMAGE_BYTES = 4;
  private static final int RGB = 3;

  private static final int HISTOGRAM_MIN = 1;
  private static final int HISTOGRAM_MAX = 2;
  private static final int HISTOGRAM_COUNT = 3;
  private static final int HISTOGRAM_SUM = 4;
  private static final int HISTOGRAM_SQUARES = 5;
  private static final int HISTOGRAM_LIMITS = 6;
  private static final int HISTOGRAM_BUCKETS = 7;

  private static final int TENSOR_TYPE = 1;
  private static final int TYPE_STRING = 7;
  private static final int TENSOR_SHAPE = 2;
  private static final int TENSOR_STRINGS = 8;
  private static final int SHAPE_DIM = 2;
  private static final int DIM_SIZE = 1;
  private static final int METADATA_PLUGIN = 1;
  private static final int PLUGIN_NAME = 1;

  private Events() {}

  /** Says what kind of file it is, as its first event. */
  static Message version(double seconds) {
    return at(seconds, 0).add(EVENT_FILE_VERSION, VERSION);
  }

  /** Says that a run went on: what files before have of this step and later ones does not count. */
  static Message start(double seconds, long step) {
    return at(seconds, step)
        .add(EVENT_SESSION_LOG, new Message().add(SESSION_STATUS, SESSION_START));
  }

  /** Says something of a step. */
  static Message summary(double seconds, long step, String tag, Message what) {
    Message value = new Message().add(VALUE_TAG, tag).add(what);
    return at(seconds, step).add(EVENT_SUMMARY, new Message().add(SUMMARY_VALUE, value));
  }

  private static Message at(double seconds, long step) {
    Message event = new Message().add(EVENT_WALL_TIME, seconds);
    return step == 0 ? event : event.add(EVENT_STEP, step);
  }

  static Message scalar(float value) {
    return new Message().add(VALUE_SIMPLE, value);
  }

  /** A picture in RGB. */
  static Message image(int width, int height, byte[] png) {
    return new Message()
        .add(
            VALUE_IMAGE,
            new Message()
                .add(IMAGE_HEIGHT, height)
                .add(IMAGE_WIDTH, width)
                .add(IMAGE_COLORSPACE, RGB)
                .add(IMAGE_BYTES, ByteString.copyFrom(png)));
  }

  /** A text in Markdown. */
  static Message text(String markdown) {
    Message shape = new Message().add(SHAPE_DIM, new Message().add(DIM_SIZE, 1));
    Message plugin = new Message().add(PLUGIN_NAME, "text");
    return new Message()
        .add(
            VALUE_TENSOR,
            new Message()
                .add(TENSOR_TYPE, TYPE_STRING)
                .add(TENSOR_SHAPE, shape)
                .add(TENSOR_STRINGS, markdown))
        .add(VALUE_METADATA, new Message().add(METADATA_PLUGIN, plugin));
  }

  static Message histogram(Spread spread) {
    // Equal numbers are one bar: TensorBoard takes no notice of bars without a width.
    int bars = spread.max() > spread.min() ? Spread.BARS : 1;
    double[] limits = new double[bars];
    double[] counts = new double[bars];
    double width = ((double) spread.max() - spread.min()) / bars;
    for (int i = 0; i < bars; i++) {
      limits[i] = i == bars - 1 ? spread.max() : spread.min() + (i + 1) * width;
      counts[i] = spread.bars()[i];
    }
    return new Message()
        .add(
            VALUE_HISTOGRAM,
            new Message()
                .add(HISTOGRAM_MIN, (double) spread.min())
                .add(HISTOGRAM_MAX, (double) spread.max())
                .add(HISTOGRAM_COUNT, (double) spread.finite())
                .add(HISTOGRAM_SUM, spread.sum())
                .add(HISTOGRAM_SQUARES, spread.norm() * spread.norm())
                .add(HISTOGRAM_LIMITS, limits)
                .add(HISTOGRAM_BUCKETS, counts));
  }
}
