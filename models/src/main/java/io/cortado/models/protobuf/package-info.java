/** Protocol buffers that are written field by field, without generated classes. */
@NullMarked
package io.cortado.models.protobuf;

import org.jspecify.annotations.NullMarked;
