package io.cortado.metrics;

/** Short names for metrics, to be imported statically. */
public final class Metrics {

  private Metrics() {}

  /** The share of samples whose class has the largest score. */
  public static Accuracy accuracy() {
    return new Accuracy();
  }

  /** The share of samples whose class has one of the k largest scores. */
  public static TopKAccuracy topKAccuracy(int k) {
    return new TopKAccuracy(k);
  }

  /**
   * The share of outputs on the right side of a threshold, for targets of 0 and 1.
   *
   * @param threshold 0 for logits, 0.5 for probabilities
   */
  public static BinaryAccuracy binaryAccuracy(double threshold) {
    return new BinaryAccuracy(threshold);
  }

  /** How often each class was taken for each. */
  public static ConfusionMatrix confusionMatrix() {
    return new ConfusionMatrix();
  }

  /** Of the samples taken for a class, the share that belong to it. */
  public static Precision precision(Average average) {
    return new Precision(average);
  }

  /** Of the samples that belong to a class, the share that was taken for it. */
  public static Recall recall(Average average) {
    return new Recall(average);
  }

  /** The harmonic mean of precision and recall. */
  public static F1Score f1Score(Average average) {
    return new F1Score(average);
  }

  /** The mean squared error. */
  public static MeanSquaredError mse() {
    return new MeanSquaredError();
  }

  /** The root of the mean squared error. */
  public static RootMeanSquaredError rmse() {
    return new RootMeanSquaredError();
  }

  /** The mean absolute error. */
  public static MeanAbsoluteError mae() {
    return new MeanAbsoluteError();
  }

  /** The mean recall of the classes. */
  public static BalancedAccuracy balancedAccuracy() {
    return new BalancedAccuracy();
  }

  /** The area below the ROC curve; of several classes or labels the mean. */
  public static RocAuc rocAuc() {
    return new RocAuc();
  }

  /** The area below the ROC curve, of several classes or labels averaged. */
  public static RocAuc rocAuc(Average average) {
    return new RocAuc(average);
  }

  /** The area below the precision-recall curve; of several classes or labels the mean. */
  public static AveragePrecision averagePrecision() {
    return new AveragePrecision();
  }

  /** The area below the precision-recall curve, of several classes or labels averaged. */
  public static AveragePrecision averagePrecision(Average average) {
    return new AveragePrecision(average);
  }

  /** The agreement beyond chance. */
  public static CohenKappa cohenKappa(CohenKappa.Weights weights) {
    return new CohenKappa(weights);
  }

  /** The correlation of predicted and actual classes. */
  public static MatthewsCorrelation matthewsCorrelation() {
    return new MatthewsCorrelation();
  }

  /** The expected calibration error, of 15 bins. */
  public static CalibrationError calibrationError() {
    return new CalibrationError();
  }

  /** How many classes a language model hesitates between. */
  public static Perplexity perplexity() {
    return new Perplexity();
  }

  /** The share of the targets' variance that the outputs explain. */
  public static R2Score r2Score() {
    return new R2Score();
  }
}
