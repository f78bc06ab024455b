/** What servers of Cortado have in common: limits, refusals, files for the browser. */
@NullMarked
package io.cortado.models.http;

import org.jspecify.annotations.NullMarked;
