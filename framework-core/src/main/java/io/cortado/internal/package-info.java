/** Helpers that are not part of the API and may change at any time. */
@NullMarked
package io.cortado.internal;

import org.jspecify.annotations.NullMarked;
