/** Pictures from outside, made into what the models were trained on. */
@NullMarked
package io.cortado.models.images;

import org.jspecify.annotations.NullMarked;
