/**
 * The seam between core and the machines: what a backend must do, and nothing else.
 *
 * <p>The rules, each of which the conformance kit holds: the caller gives every output buffer; a
 * gradient is written with a {@code beta} of 0 (overwrite whatever is there, NaN included) or 1
 * (add); arguments were checked by core, so a backend trusts them; buffers are contiguous and
 * row-major; elementwise operations may write over one of their inputs, all others may not.
 *
 * <p>{@link io.cortado.backend.Backend} is the table of contents: the operations are in interfaces
 * of one family each.
 */
@NullMarked
package io.cortado.backend;

import org.jspecify.annotations.NullMarked;
