/**
 * Losses under PyTorch's names, with its options and defaults.
 *
 * <p>An object holds the options, {@code forward} computes; {@link io.cortado.loss.Losses} has
 * short names. A reduction of none gives each element's or sample's loss, sum adds them, and mean,
 * the default, divides by their number: the mean of no elements is NaN, as in PyTorch. Weights are
 * given on the host, once. What is computed element by element is written as a formula and runs in
 * one pass, forward and backward ({@link io.cortado.pointwise.Pointwise}): write your own in the
 * same way.
 *
 * <table>
 * <caption>Which output goes with which loss</caption>
 * <tr><th>what is learned<th>the model ends in<th>loss
 * <tr><td>a number<td>a linear layer<td>{@link io.cortado.loss.MSELoss}; with outliers {@link
 *     io.cortado.loss.HuberLoss}, {@link io.cortado.loss.SmoothL1Loss}, {@link io.cortado.loss.L1Loss}
 * <tr><td>a number and how sure it is<td>two linear outputs, one through softplus<td>{@link
 *     io.cortado.loss.GaussianNLLLoss}
 * <tr><td>a count<td>a linear layer<td>{@link io.cortado.loss.PoissonNLLLoss}
 * <tr><td>one of several classes<td>a linear layer<td>{@link io.cortado.loss.CrossEntropyLoss}
 * <tr><td>yes or no, once or several times<td>a linear layer<td>{@link
 *     io.cortado.loss.BCEWithLogitsLoss}, {@link io.cortado.loss.FocalLoss}
 * <tr><td>one of several classes, by a margin<td>a linear layer<td>{@link
 *     io.cortado.loss.MultiMarginLoss}
 * <tr><td>a class, of log-probabilities<td>{@code logSoftmax}<td>{@link io.cortado.loss.NLLLoss}
 * <tr><td>several labels above all others<td>a linear layer<td>{@link
 *     io.cortado.loss.MultiLabelMarginLoss}
 * <tr><td>an area of a picture<td>a sigmoid<td>{@link io.cortado.loss.DiceLoss}
 * <tr><td>a distribution<td>{@code logSoftmax}<td>{@link io.cortado.loss.KLDivLoss}
 * <tr><td>an order<td>a linear layer<td>{@link io.cortado.loss.MarginRankingLoss}
 * <tr><td>an embedding<td>a linear layer<td>{@link io.cortado.loss.TripletMarginLoss}, {@link
 *     io.cortado.loss.CosineEmbeddingLoss}, {@link io.cortado.loss.HingeEmbeddingLoss}
 * <tr><td>an embedding against the rest of the batch<td>a linear layer<td>{@link
 *     io.cortado.loss.InfoNCELoss}, {@link io.cortado.loss.NTXentLoss}
 * </table>
 */
@NullMarked
package io.cortado.loss;

import org.jspecify.annotations.NullMarked;
