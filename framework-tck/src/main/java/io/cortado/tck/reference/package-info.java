/**
 * The seam in plain loops and double precision: what each operation means, written to be read.
 *
 * <p>Each class holds one family. Its methods take and return Java arrays of doubles, know nothing
 * of {@code beta}, and are as slow and as obvious as can be. {@link
 * io.cortado.tck.reference.ReferenceBackend} makes a complete backend of them.
 */
@NullMarked
package io.cortado.tck.reference;

import org.jspecify.annotations.NullMarked;
