/** Who will like what. */
@NullMarked
package io.cortado.models.recommender;

import org.jspecify.annotations.NullMarked;
