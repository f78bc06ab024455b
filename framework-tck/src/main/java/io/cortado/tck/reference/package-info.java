/**
 * The seam in plain loops and double precision: what each operation means, written to be read.
 *
 * <p>Each class of loops holds one family. Its methods take and return Java arrays of doubles, know
 * nothing of {@code beta}, and are as slow and as obvious as can be. {@link
 * io.cortado.tck.reference.ReferenceBackend} and its superclasses, one for each of {@link
 * io.cortado.backend.Backend}'s groups of operations, make a complete backend of them.
 */
@NullMarked
package io.cortado.tck.reference;

import org.jspecify.annotations.NullMarked;
