/** Vectors for words. */
@NullMarked
package io.cortado.models.word2vec;

import org.jspecify.annotations.NullMarked;
