package io.cortado.models.data;

/** Published texts, each of one class. */
public interface LabelledTextDataSet extends DataSet {

  /**
   * Returns the texts.
   *
   * @throws io.cortado.data.DataException if they are nowhere to be had, or not what they should be
   */
  LabelledTexts texts(DataHome home);

  @Override
  default void fetch(DataHome home) {
    LabelledTexts _ = texts(home);
  }
}
