package io.cortado.loss;

import io.cortado.Tensor;
import java.util.function.BinaryOperator;

/**
 * Short names for losses, to be imported statically: each as an object, and as a function with
 * default options.
 */
public final class Losses {

  private Losses() {}

  /** The cross-entropy of logits. */
  public static CrossEntropyLoss crossEntropy() {
    return new CrossEntropyLoss();
  }

  /** Computes the mean cross-entropy of logits. */
  public static Tensor crossEntropy(Tensor logits, Tensor target) {
    return new CrossEntropyLoss().forward(logits, target);
  }

  /** The mean squared error. */
  public static MSELoss mse() {
    return new MSELoss();
  }

  /** Computes the mean squared error. */
  public static Tensor mse(Tensor input, Tensor target) {
    return new MSELoss().forward(input, target);
  }

  /** The mean absolute error. */
  public static L1Loss l1() {
    return new L1Loss();
  }

  /** Computes the mean absolute error. */
  public static Tensor l1(Tensor input, Tensor target) {
    return new L1Loss().forward(input, target);
  }

  /** The binary cross-entropy of probabilities. */
  public static BCELoss bce() {
    return new BCELoss();
  }

  /** Computes the mean binary cross-entropy of probabilities. */
  public static Tensor bce(Tensor probabilities, Tensor target) {
    return new BCELoss().forward(probabilities, target);
  }

  /** The binary cross-entropy of logits. */
  public static BCEWithLogitsLoss bceWithLogits() {
    return new BCEWithLogitsLoss();
  }

  /** Computes the mean binary cross-entropy of logits. */
  public static Tensor bceWithLogits(Tensor logits, Tensor target) {
    return new BCEWithLogitsLoss().forward(logits, target);
  }

  /** The loss that is quadratic near 0 and linear beyond. */
  public static SmoothL1Loss smoothL1() {
    return new SmoothL1Loss();
  }

  /** Computes the mean of the loss that is quadratic near 0 and linear beyond. */
  public static Tensor smoothL1(Tensor input, Tensor target) {
    return new SmoothL1Loss().forward(input, target);
  }

  /** Huber's loss. */
  public static HuberLoss huber() {
    return new HuberLoss();
  }

  /** Computes the mean of Huber's loss. */
  public static Tensor huber(Tensor input, Tensor target) {
    return new HuberLoss().forward(input, target);
  }

  /** The Kullback-Leibler divergence. */
  public static KLDivLoss klDiv() {
    return new KLDivLoss();
  }

  /** Computes the Kullback-Leibler divergence, as the mean over all elements. */
  public static Tensor klDiv(Tensor logProbabilities, Tensor target) {
    return new KLDivLoss().forward(logProbabilities, target);
  }

  /** The negative log-likelihood of counts. */
  public static PoissonNLLLoss poissonNLL() {
    return new PoissonNLLLoss();
  }

  /** Computes the mean negative log-likelihood of counts. */
  public static Tensor poissonNLL(Tensor logRate, Tensor target) {
    return new PoissonNLLLoss().forward(logRate, target);
  }

  /** The negative log-likelihood of a normal distribution. */
  public static GaussianNLLLoss gaussianNLL() {
    return new GaussianNLLLoss();
  }

  /** Computes the mean negative log-likelihood of normal distributions. */
  public static Tensor gaussianNLL(Tensor input, Tensor target, Tensor variance) {
    return new GaussianNLLLoss().forward(input, target, variance);
  }

  /** The loss of alike and different pairs by their distance. */
  public static HingeEmbeddingLoss hingeEmbedding() {
    return new HingeEmbeddingLoss();
  }

  /** Computes the mean loss of pairs by their distance. */
  public static Tensor hingeEmbedding(Tensor input, Tensor target) {
    return new HingeEmbeddingLoss().forward(input, target);
  }

  /** The loss of two scores that are to be in order. */
  public static MarginRankingLoss marginRanking() {
    return new MarginRankingLoss();
  }

  /** Computes the mean loss of scores that are to be in order. */
  public static Tensor marginRanking(Tensor input1, Tensor input2, Tensor target) {
    return new MarginRankingLoss().forward(input1, input2, target);
  }

  /** The logistic loss of targets -1 and 1. */
  public static SoftMarginLoss softMargin() {
    return new SoftMarginLoss();
  }

  /** Computes the mean logistic loss of targets -1 and 1. */
  public static Tensor softMargin(Tensor input, Tensor target) {
    return new SoftMarginLoss().forward(input, target);
  }

  /** The binary cross-entropy of many labels for each sample. */
  public static MultiLabelSoftMarginLoss multiLabelSoftMargin() {
    return new MultiLabelSoftMarginLoss();
  }

  /** Computes the mean binary cross-entropy of many labels for each sample. */
  public static Tensor multiLabelSoftMargin(Tensor logits, Tensor target) {
    return new MultiLabelSoftMarginLoss().forward(logits, target);
  }

  /** The loss of alike and different pairs by their cosine. */
  public static CosineEmbeddingLoss cosineEmbedding() {
    return new CosineEmbeddingLoss();
  }

  /** Computes the mean loss of pairs by their cosine. */
  public static Tensor cosineEmbedding(Tensor input1, Tensor input2, Tensor target) {
    return new CosineEmbeddingLoss().forward(input1, input2, target);
  }

  /** The loss of an anchor with a near and a far one. */
  public static TripletMarginLoss tripletMargin() {
    return new TripletMarginLoss();
  }

  /** Computes the mean loss of anchors with a near and a far one each. */
  public static Tensor tripletMargin(Tensor anchor, Tensor positive, Tensor negative) {
    return new TripletMarginLoss().forward(anchor, positive, negative);
  }

  /** The loss of an anchor with a near and a far one, by a distance of one's own. */
  public static TripletMarginWithDistanceLoss tripletMarginWithDistance(
      BinaryOperator<Tensor> distance) {
    return new TripletMarginWithDistanceLoss(distance);
  }

  /** The support vector machine's loss. */
  public static HingeLoss hinge() {
    return new HingeLoss();
  }

  /** Computes the mean loss of a support vector machine. */
  public static Tensor hinge(Tensor input, Tensor target) {
    return new HingeLoss().forward(input, target);
  }

  /** The binary cross-entropy that holds back what is sure. */
  public static FocalLoss focal() {
    return new FocalLoss();
  }

  /** Computes the mean binary cross-entropy that holds back what is sure. */
  public static Tensor focal(Tensor logits, Tensor target) {
    return new FocalLoss().forward(logits, target);
  }

  /** One minus the overlap of two areas. */
  public static DiceLoss dice() {
    return new DiceLoss();
  }

  /** Computes the mean of one minus the overlap of two areas. */
  public static Tensor dice(Tensor probabilities, Tensor target) {
    return new DiceLoss().forward(probabilities, target);
  }

  /** The divergence of normal distributions from the unit one. */
  public static GaussianKLLoss gaussianKL() {
    return new GaussianKLLoss();
  }

  /** Computes the mean divergence of normal distributions from the unit one. */
  public static Tensor gaussianKL(Tensor mean, Tensor logVariance) {
    return new GaussianKLLoss().forward(mean, logVariance);
  }

  /** The sum of the differences between neighboring pixels. */
  public static TotalVariationLoss totalVariation() {
    return new TotalVariationLoss();
  }

  /** Computes the mean total variation of pictures. */
  public static Tensor totalVariation(Tensor pictures) {
    return new TotalVariationLoss().forward(pictures);
  }
}
