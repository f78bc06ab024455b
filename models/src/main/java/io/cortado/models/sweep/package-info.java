/** Hyper-parameter sweeps: which settings are tried, and what they came to. */
@NullMarked
package io.cortado.models.sweep;

import org.jspecify.annotations.NullMarked;
