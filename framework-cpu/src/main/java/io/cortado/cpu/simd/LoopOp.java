package io.cortado.cpu.simd;

import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** What a generated loop does with vectors: each a call of one method of the Vector API. */
enum LoopOp {
  /** The next vector of a value that is in memory. */
  LOAD,
  /** A value that is one number for all elements. */
  UNIFORM,
  /** A float that stands in the code. */
  NUMBER,
  /** An int that stands in the code. */
  WORD,

  ADD(Types.FLOATS, "add", Types.FLOATS, Types.VECTOR),
  SUB(Types.FLOATS, "sub", Types.FLOATS, Types.VECTOR),
  MUL(Types.FLOATS, "mul", Types.FLOATS, Types.VECTOR),
  DIV(Types.FLOATS, "div", Types.FLOATS, Types.VECTOR),
  MIN(Types.FLOATS, "min", Types.FLOATS, Types.VECTOR),
  MAX(Types.FLOATS, "max", Types.FLOATS, Types.VECTOR),
  /** a b + c, rounded once. */
  FMA(Types.FLOATS, "fma", Types.FLOATS, Types.VECTOR, Types.VECTOR),
  NEG(Types.FLOATS, "neg", Types.FLOATS),
  ABS(Types.FLOATS, "abs", Types.FLOATS),
  SQRT(Types.FLOATS, "sqrt", Types.FLOATS),
  /** b where the mask c is set, else a. */
  BLEND(Types.FLOATS, "blend", Types.FLOATS, Types.VECTOR, Types.MASK),

  LT(Types.FLOATS, "compare", "LT", Types.MASK, Types.COMPARISON, Types.VECTOR),
  LE(Types.FLOATS, "compare", "LE", Types.MASK, Types.COMPARISON, Types.VECTOR),
  EQ(Types.FLOATS, "compare", "EQ", Types.MASK, Types.COMPARISON, Types.VECTOR),
  NE(Types.FLOATS, "compare", "NE", Types.MASK, Types.COMPARISON, Types.VECTOR),
  /** Both masks. */
  BOTH(Types.MASK, "and", Types.MASK, Types.MASK),
  NOT(Types.MASK, "not", Types.MASK),

  /** The bits of floats. */
  BITS(Types.FLOATS, "reinterpretAsInts", Types.INTS),
  /** The floats that have these bits. */
  OF_BITS(Types.INTS, "reinterpretAsFloats", Types.FLOATS),
  INT_ADD(Types.INTS, "add", Types.INTS, Types.VECTOR),
  INT_SUB(Types.INTS, "sub", Types.INTS, Types.VECTOR),
  INT_AND(Types.INTS, "and", Types.INTS, Types.VECTOR),
  INT_OR(Types.INTS, "or", Types.INTS, Types.VECTOR),
  INT_XOR(Types.INTS, "lanewise", "XOR", Types.INTS, Types.BINARY, Types.VECTOR),
  /** Shifted left by the number that the node holds. */
  SHIFT_LEFT(Types.INTS, "lanewise", "LSHL", Types.INTS, Types.BINARY, CD_int),
  /** Shifted right, with the sign. */
  SHIFT_RIGHT(Types.INTS, "lanewise", "ASHR", Types.INTS, Types.BINARY, CD_int),
  /** Ints as floats of the same value; the method returns a vector of any kind. */
  TO_FLOATS(Types.INTS, "convert", "I2F", Types.VECTOR, Types.CONVERSION, CD_int),
  /** Where ints differ, as a mask of ints. */
  INT_NE(Types.INTS, "compare", "NE", Types.MASK, Types.COMPARISON, Types.VECTOR),
  /** The same mask for floats. */
  CAST(Types.MASK, "cast", Types.MASK, Types.SPECIES);

  /** The class of what the method belongs to, {@code Object} where there is none. */
  final ClassDesc owner;

  final String method;

  /** The constant of {@code VectorOperators} that is the first argument, or "". */
  final String operator;

  final MethodTypeDesc type;

  LoopOp() {
    this(Types.VECTOR, "", "", Types.FLOATS);
  }

  LoopOp(ClassDesc owner, String method, ClassDesc result, ClassDesc... parameters) {
    this(owner, method, "", result, parameters);
  }

  LoopOp(
      ClassDesc owner, String method, String operator, ClassDesc result, ClassDesc... parameters) {
    this.owner = owner;
    this.method = method;
    this.operator = operator;
    type = MethodTypeDesc.of(result, parameters);
  }

  /** The classes of the Vector API, by name. */
  static final class Types {
    private static final String PACKAGE = "jdk.incubator.vector";
    static final ClassDesc VECTOR = ClassDesc.of(PACKAGE, "Vector");
    static final ClassDesc FLOATS = ClassDesc.of(PACKAGE, "FloatVector");
    static final ClassDesc INTS = ClassDesc.of(PACKAGE, "IntVector");
    static final ClassDesc MASK = ClassDesc.of(PACKAGE, "VectorMask");
    static final ClassDesc SPECIES = ClassDesc.of(PACKAGE, "VectorSpecies");
    static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE, "VectorOperators");
    static final ClassDesc BINARY = OPERATORS.nested("Binary");

    /** The type of XOR, a kind of the former. */
    static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");

    static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
    static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");

    private Types() {}
  }
}
