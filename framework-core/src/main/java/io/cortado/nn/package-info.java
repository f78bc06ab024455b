/** Layers, and the modules that models are composed of. */
@NullMarked
package io.cortado.nn;

import org.jspecify.annotations.NullMarked;
