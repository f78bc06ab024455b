/**
 * Shows on the terminal how a training goes; here and not in the core, which stays free of terminal
 * libraries.
 */
@NullMarked
package io.cortado.models.progress;

import org.jspecify.annotations.NullMarked;
