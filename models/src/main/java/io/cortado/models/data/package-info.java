/**
 * The data sets that the reference models learn from.
 *
 * <p>{@link io.cortado.models.data.DataSets} knows them by name. MNIST and the 8x8 digits come with
 * this module; Fashion-MNIST is looked for on this machine and otherwise downloaded once.
 */
@NullMarked
package io.cortado.models.data;

import org.jspecify.annotations.NullMarked;
