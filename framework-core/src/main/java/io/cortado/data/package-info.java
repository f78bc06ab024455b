/**
 * Data sets, the loader that makes batches of them, and transforms.
 *
 * <p>A {@link io.cortado.data.Dataset} writes one sample into arrays that it is given; a {@link
 * io.cortado.data.DataLoader} lets virtual threads fill whole batches that way, ahead of the
 * training loop, and uploads each in one copy. Order and contents depend on the seed and the epoch
 * alone.
 */
@NullMarked
package io.cortado.data;

import org.jspecify.annotations.NullMarked;
