package io.cortado.io;

import io.cortado.DType;
import org.jspecify.annotations.Nullable;

/** The element types that the safetensors format knows, and what each is read as. */
public enum StoredType {
  /** One byte, 0 or 1. */
  BOOL(8, DType.INT32),
  /** Half a byte; recognised, not read. */
  F4(4, null),
  /** Six bits; recognised, not read. */
  F6_E2M3(6, null),
  /** Six bits; recognised, not read. */
  F6_E3M2(6, null),
  /** Unsigned, 8 bits. */
  U8(8, DType.INT32),
  /** Signed, 8 bits. */
  I8(8, DType.INT32),
  /** An 8-bit float; recognised, not read. */
  F8_E5M2(8, null),
  /** An 8-bit float; recognised, not read. */
  F8_E4M3(8, null),
  /** An 8-bit float; recognised, not read. */
  F8_E8M0(8, null),
  /** An 8-bit float; recognised, not read. */
  F8_E4M3FNUZ(8, null),
  /** An 8-bit float; recognised, not read. */
  F8_E5M2FNUZ(8, null),
  /** Signed, 16 bits. */
  I16(16, DType.INT32),
  /** Unsigned, 16 bits. */
  U16(16, DType.INT32),
  /** IEEE half precision. */
  F16(16, DType.FLOAT32),
  /** The upper half of a single-precision number. */
  BF16(16, DType.FLOAT32),
  /** Signed, 32 bits. */
  I32(32, DType.INT32),
  /** Unsigned, 32 bits; read where every element is below 2^31. */
  U32(32, DType.INT32),
  /** IEEE single precision. */
  F32(32, DType.FLOAT32),
  /** A complex number; recognised, not read. */
  C64(64, null),
  /** IEEE double precision; rounded to single, refused where that would overflow. */
  F64(64, DType.FLOAT32),
  /** Signed, 64 bits; read where every element fits into 32. */
  I64(64, DType.INT32),
  /** Unsigned, 64 bits; read where every element is below 2^31. */
  U64(64, DType.INT32);

  private final int bits;
  private final @Nullable DType readAs;

  StoredType(int bits, @Nullable DType readAs) {
    this.bits = bits;
    this.readAs = readAs;
  }

  /** Returns the size of one element in bits. */
  public int bits() {
    return bits;
  }

  /** Returns the type that elements become in memory, or null if this type is not read. */
  public @Nullable DType readAs() {
    return readAs;
  }

  /** Returns the type that tensors of a type are written as. */
  static StoredType of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> F32;
      case INT32 -> I32;
    };
  }

  /** Says whether an element may turn out not to fit, so that values have to be looked at. */
  boolean isRisky() {
    return this == F64 || this == I64 || this == U32 || this == U64;
  }
}
