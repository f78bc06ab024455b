/** What networks learn by heart, and what helps against it. */
@NullMarked
package io.cortado.models.overfitting;

import org.jspecify.annotations.NullMarked;
