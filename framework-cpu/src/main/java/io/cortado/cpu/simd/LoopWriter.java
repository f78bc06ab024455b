package io.cortado.cpu.simd;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.cortado.cpu.simd.LoopGraph.Node;
import io.cortado.cpu.simd.LoopOp.Types;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph of vectors as a class with one loop, and defines it.
 *
 * <p>What the class has, in Java:
 *
 * {@snippet :
 * final class Loop implements PointwiseLoop {
 *   public int run(int n, int limit, float[][] arrays, int[] offsets) {
 *     float[] x = arrays[0];                                 // for each value that is read or written
 *     int xo = offsets[0];
 *     FloatVector c = FloatVector.broadcast(SPECIES, 0.5f);  // for each number
 *     int i = 0;
 *     for (; i < n; i += LENGTH) {
 *       FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
 *       FloatVector w = v.mul(c);                            // for each vector
 *       if ((((i - limit) >>> 31) & mask.allTrue()) == 0) {  // as one bit
 *         break;
 *       }
 *       w.intoArray(y, yo + i);                              // for each result
 *     }
 *     return i;
 *   }
 * }
 * }
 *
 * <p>It calls methods of the Vector API alone, because those are always inlined (see {@link
 * SimdUnary}). The class is hidden: nothing else refers to it, and it goes when its loop does.
 */
final class LoopWriter {

  /**
   * A result that is written.
   *
   * @param value its number in the program
   * @param node the vector
   */
  record Store(int value, Node node) {}

  private static final ClassDesc LANES = inPackage("Lanes");
  private static final ClassDesc LOOP = inPackage("PointwiseLoop");
  private static final ClassDesc SELF = inPackage("GeneratedLoop");
  private static final ClassDesc FLOAT_ARRAY = CD_float.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_int, CD_int, CD_int, FLOAT_ARRAY.arrayType(), CD_int.arrayType());

  // The locals of run.
  private static final int N = 1;
  private static final int LIMIT = 2;
  private static final int ARRAYS = 3;
  private static final int OFFSETS = 4;
  private static final int I = 5;
  private static final int FIRST_FREE = 6;

  private final LoopGraph graph;
  private final List<Store> stores;
  private final Map<Node, Integer> uses = new HashMap<>();
  private final Map<Node, Integer> locals = new HashMap<>();

  /** The locals of each value's array; its offset is the next. */
  private final Map<Integer, Integer> places = new HashMap<>();

  private final Deque<Integer> free = new ArrayDeque<>();
  private int next = FIRST_FREE;

  LoopWriter(LoopGraph graph, List<Store> stores) {
    this.graph = graph;
    this.stores = stores;
  }

  private static ClassDesc inPackage(String name) {
    return ClassDesc.of(LoopWriter.class.getPackageName(), name);
  }

  /** Defines the class and makes its only object. */
  PointwiseLoop define() {
    countUses();
    byte[] bytes =
        ClassFile.of()
            .build(
                SELF,
                c ->
                    c.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                        .withInterfaceSymbols(LOOP)
                        .withMethodBody(
                            INIT_NAME,
                            MTD_void,
                            0,
                            b -> b.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_())
                        .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, this::write));
    try {
      MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return (PointwiseLoop)
          hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("a loop that was generated cannot be loaded", e);
    }
  }

  /** Counts who reads each vector; what nobody reads is not computed. */
  private void countUses() {
    Deque<Node> open = new ArrayDeque<>();
    for (Store s : stores) {
      use(s.node, open);
    }
    Node required = graph.required();
    if (required != null) {
      use(required, open);
    }
    while (!open.isEmpty()) {
      for (Node operand : open.pop().operands) {
        use(operand, open);
      }
    }
  }

  private void use(Node node, Deque<Node> open) {
    if (uses.merge(node, 1, Integer::sum) == 1) {
      open.push(node);
    }
  }

  private void write(CodeBuilder b) {
    Set<Integer> values = new HashSet<>();
    for (Node node : graph.order()) {
      if (uses.containsKey(node) && node.op == LoopOp.LOAD) {
        values.add(node.what);
      }
    }
    stores.forEach(s -> values.add(s.value));
    values.stream().sorted().forEach(v -> place(b, v));
    for (Node node : graph.order()) {
      if (uses.containsKey(node) && node.isInvariant()) {
        invariant(b, node);
        locals.put(node, next);
        b.astore(next++);
      }
    }
    Label top = b.newLabel();
    Label end = b.newLabel();
    b.iconst_0().istore(I).labelBinding(top);
    b.iload(I).iload(N).if_icmpge(end);
    for (Node node : graph.order()) {
      if (uses.containsKey(node) && !node.isInvariant()) {
        vector(b, node);
      }
    }
    stopUnless(b, graph.required(), end);
    for (Store s : stores) {
      b.aload(local(s.node)).aload(array(s.value));
      b.iload(array(s.value) + 1).iload(I).iadd();
      b.invokevirtual(Types.FLOATS, "intoArray", MethodTypeDesc.of(CD_void, FLOAT_ARRAY, CD_int));
    }
    b.iinc(I, Lanes.LENGTH).goto_(top);
    b.labelBinding(end).iload(I).ireturn();
  }

  /** Puts a value's array and offset into locals. */
  private void place(CodeBuilder b, int value) {
    places.put(value, next);
    b.aload(ARRAYS).loadConstant(value).aaload().astore(next++);
    b.aload(OFFSETS).loadConstant(value).iaload().istore(next++);
  }

  private void invariant(CodeBuilder b, Node node) {
    boolean word = node.op == LoopOp.WORD;
    b.getstatic(LANES, word ? "WORDS" : "SPECIES", Types.SPECIES);
    switch (node.op) {
      case UNIFORM -> {
        b.aload(ARRAYS).loadConstant(node.what).aaload();
        b.aload(OFFSETS).loadConstant(node.what).iaload().faload();
      }
      case WORD -> b.loadConstant(node.what);
      default -> b.loadConstant(Float.intBitsToFloat(node.what));
    }
    ClassDesc type = word ? Types.INTS : Types.FLOATS;
    b.invokestatic(
        type, "broadcast", MethodTypeDesc.of(type, Types.SPECIES, word ? CD_int : CD_float));
  }

  /** Writes what computes a vector and puts it into a local. */
  private void vector(CodeBuilder b, Node node) {
    if (node.op == LoopOp.LOAD) {
      b.getstatic(LANES, "SPECIES", Types.SPECIES).aload(array(node.what));
      b.iload(array(node.what) + 1).iload(I).iadd();
      b.invokestatic(
          Types.FLOATS,
          "fromArray",
          MethodTypeDesc.of(Types.FLOATS, Types.SPECIES, FLOAT_ARRAY, CD_int));
    } else {
      call(b, node);
    }
    node.operands.forEach(this::release);
    Integer slot = free.poll();
    int local = slot == null ? next++ : slot;
    locals.put(node, local);
    b.astore(local);
  }

  private void call(CodeBuilder b, Node node) {
    LoopOp op = node.op;
    b.aload(local(node.operands.getFirst()));
    if (!op.operator.isEmpty()) {
      ClassDesc type = op == LoopOp.INT_XOR ? Types.ASSOCIATIVE : op.type.parameterType(0);
      b.getstatic(Types.OPERATORS, op.operator, type);
    }
    switch (op) {
      case SHIFT_LEFT, SHIFT_RIGHT -> b.loadConstant(node.what);
      case TO_FLOATS -> b.iconst_0(); // the first and only part of the vector
      case CAST -> b.getstatic(LANES, "SPECIES", Types.SPECIES);
      default -> node.operands.stream().skip(1).forEach(o -> b.aload(local(o)));
    }
    b.invokevirtual(op.owner, op.method, op.type);
    if (op == LoopOp.TO_FLOATS) {
      b.checkcast(Types.FLOATS);
    }
  }

  /** Leaves the loop unless it is below the limit and all of a mask is set. */
  private void stopUnless(CodeBuilder b, @Nullable Node mask, Label end) {
    if (mask == null) {
      return;
    }
    b.iload(I).iload(LIMIT).isub().bipush(31).iushr();
    b.aload(local(mask)).invokevirtual(Types.MASK, "allTrue", MethodTypeDesc.of(CD_boolean));
    b.iand().ifeq(end);
  }

  /** Takes one from the uses that are left; after the last the local serves another vector. */
  private void release(Node operand) {
    if (uses.merge(operand, -1, Integer::sum) == 0 && !operand.isInvariant()) {
      free.push(local(operand));
    }
  }

  private int local(Node node) {
    return required(locals, node);
  }

  private int array(int value) {
    return required(places, value);
  }

  private static <K> int required(Map<K, Integer> map, K key) {
    Integer found = map.get(key);
    if (found == null) {
      throw new IllegalStateException("a generated loop reads what it has not computed: " + key);
    }
    return found;
  }
}
