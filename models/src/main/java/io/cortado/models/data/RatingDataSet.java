package io.cortado.models.data;

/** Who gave what which rating. */
public interface RatingDataSet extends DataSet {

  /**
   * Returns the ratings.
   *
   * @throws io.cortado.data.DataException if they are nowhere to be had, or damaged
   */
  Ratings ratings(DataHome home);

  @Override
  default void fetch(DataHome home) {
    Ratings _ = ratings(home);
  }
}
