/**
 * Immutable, value-equal descriptions of operations.
 *
 * <p>A spec says everything about an operation that is known before its data: extents, strides,
 * modes. Backends use specs as keys of plan caches, so that an algorithm, its descriptors and its
 * workspace are chosen once. Core has checked every spec before a backend sees it.
 */
@NullMarked
package io.cortado.backend.spec;

import org.jspecify.annotations.NullMarked;
