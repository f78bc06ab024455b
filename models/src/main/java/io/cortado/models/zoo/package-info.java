/** The zoo's table: trainings, their results, and the page made of them. */
@NullMarked
package io.cortado.models.zoo;

import org.jspecify.annotations.NullMarked;
