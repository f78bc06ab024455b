/** Answers HTTP with a trained model: {@code cortado serve}. */
@NullMarked
package io.cortado.models.serve;

import org.jspecify.annotations.NullMarked;
