/** Models as ONNX files, which other programs run. */
@NullMarked
package io.cortado.models.onnx;

import org.jspecify.annotations.NullMarked;
