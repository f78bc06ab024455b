/** Telling images apart: what all image classifiers of the zoo have in common. */
@NullMarked
package io.cortado.models.classify;

import org.jspecify.annotations.NullMarked;
