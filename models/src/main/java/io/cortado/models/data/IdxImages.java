package io.cortado.models.data;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Field;

/** Makes data sets of pairs of IDX files. */
final class IdxImages {

  private static final String TRAIN = "train";
  private static final String TEST = "t10k";

  private IdxImages() {}

  static String images(boolean train) {
    return (train ? TRAIN : TEST) + "-images-idx3-ubyte";
  }

  static String labels(boolean train) {
    return (train ? TRAIN : TEST) + "-labels-idx1-ubyte";
  }

  static Dataset dataset(ImageInfo info, boolean train, Idx images, Idx labels) {
    int n = train ? info.trainSize() : info.testSize();
    images.expect(info.name() + "'s " + images(train), n, info.height(), info.width());
    labels.expect(info.name() + "'s " + labels(train), n);
    return ArrayDataset.builder()
        .images(images.data(), info.channels(), info.height(), info.width(), info.scaling())
        .classes(Field.LABELS, labels.toInts(), info.classes())
        .build();
  }
}
