/** Classifiers of texts. */
@NullMarked
package io.cortado.models.texts;

import org.jspecify.annotations.NullMarked;
