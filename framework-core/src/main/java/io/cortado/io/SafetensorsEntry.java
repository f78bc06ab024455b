package io.cortado.io;

import io.cortado.Shape;

/**
 * One tensor in a safetensors file.
 *
 * @param name its name
 * @param type the type it is stored as
 * @param shape its extents
 * @param begin its first byte, counted from the end of the header
 * @param end the byte after its last, counted likewise
 */
public record SafetensorsEntry(String name, StoredType type, Shape shape, long begin, long end) {}
