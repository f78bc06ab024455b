package io.cortado.models.data;

/** A published text, for models of language. */
public interface TextDataSet extends DataSet {

  /**
   * Returns the text.
   *
   * @throws io.cortado.data.DataException if it is nowhere to be had, or not what it should be
   */
  String text(DataHome home);
}
