/**
 * What there is to see of a model while it trains, whoever shows it: the page in the browser or
 * TensorBoard.
 */
@NullMarked
package io.cortado.models.insight;

import org.jspecify.annotations.NullMarked;
