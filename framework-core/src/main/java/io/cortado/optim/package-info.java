/**
 * Optimizers and learning-rate schedules.
 *
 * <p>An optimizer steps over the flat buffer of a model's parameters, in one backend call where all
 * parameters have the same options and have been trained equally long.
 */
@NullMarked
package io.cortado.optim;

import org.jspecify.annotations.NullMarked;
