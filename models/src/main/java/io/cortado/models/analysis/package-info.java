/** What is measured beside the models: principal components, clusters and how well they fit. */
@NullMarked
package io.cortado.models.analysis;

import org.jspecify.annotations.NullMarked;
