/**
 * Optimizers and learning-rate schedules.
 *
 * <p>An optimizer steps over the flat buffer of a model's parameters, in one pass where all
 * parameters have the same options and have been trained equally long. Most are a formula for one
 * element, which a backend runs as a pointwise program; SGD and Adam have kernels.
 */
@NullMarked
package io.cortado.optim;

import org.jspecify.annotations.NullMarked;
