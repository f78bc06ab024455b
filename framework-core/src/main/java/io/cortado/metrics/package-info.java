/**
 * What can be measured of a model's outputs: of classes, of numbers, of rankings and of text.
 *
 * <p>All take in batch by batch, and how samples are divided into batches does not change one bit
 * of the result.
 */
@NullMarked
package io.cortado.metrics;

import org.jspecify.annotations.NullMarked;
