/**
 * Shows trainings in the browser: {@code cortado train NAME --ui} and {@code cortado watch}.
 *
 * <p>A {@link io.cortado.models.page.Recording} holds what there is to see of one run, bounded
 * however long the run is. The training's thread writes into it, through a callback that does
 * little; readers, on threads of their own, take what is new to each of them. A reader that does
 * not keep up gets more at once, and nothing is queued for it.
 */
@NullMarked
package io.cortado.models.page;

import org.jspecify.annotations.NullMarked;
