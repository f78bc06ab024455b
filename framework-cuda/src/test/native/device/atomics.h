// Atomic operations. One thread runs at a time here, so that plain ones will do; the emulator is told all the same.
#pragma once

#ifdef EMU_CHECKED
#define EMU_ATOMIC_ACCESS(p) emu_runtime->access(p, sizeof *(p), EMU_READ | EMU_WRITE | EMU_ATOMIC)
#else
#define EMU_ATOMIC_ACCESS(p) ((void)0)
#endif

#define EMU_ATOMIC_OP(name, expression)                                            \
  template <class T>                                                               \
  EMU_UNCHECKED static T name(T* p, std::common_type_t<T> v) {                     \
    EMU_ATOMIC_ACCESS(p);                                                          \
    T old = *p;                                                                    \
    *p = (T)(expression);                                                          \
    return old;                                                                    \
  }

EMU_ATOMIC_OP(atomicAdd, old + v)
EMU_ATOMIC_OP(atomicSub, old - v)
EMU_ATOMIC_OP(atomicExch, v)
EMU_ATOMIC_OP(atomicMin, v < old ? v : old)
EMU_ATOMIC_OP(atomicMax, old < v ? v : old)
EMU_ATOMIC_OP(atomicAnd, old & v)
EMU_ATOMIC_OP(atomicOr, old | v)
EMU_ATOMIC_OP(atomicXor, old ^ v)
EMU_ATOMIC_OP(atomicInc, old >= v ? 0 : old + 1)
EMU_ATOMIC_OP(atomicDec, old == 0 || old > v ? v : old - 1)

template <class T>
EMU_UNCHECKED static T atomicCAS(T* p, std::common_type_t<T> compare, std::common_type_t<T> v) {
  EMU_ATOMIC_ACCESS(p);
  T old = *p;
  if (old == compare) *p = v;
  return old;
}
