/** Networks that say a series' next value. */
@NullMarked
package io.cortado.models.forecast;

import org.jspecify.annotations.NullMarked;
