// Ends of the compiler's instrumentation in a checked module: -fsanitize=thread calls __tsan_* for each access to
// memory that is not a register's, -fsanitize=undefined calls __ubsan_* where an index, an alignment or an
// integer went wrong. Neither sanitizer's runtime library is linked. Compiled once, without the instrumentation, and
// linked into each checked module: compiled with each, they took half of its time.
#include "abi.h"

static const EmuRuntime* runtime;

#define EMU_HOOK extern "C" __attribute__((visibility("hidden")))

#define EMU_ACCESS_HOOKS(n)                                                                          \
  EMU_HOOK void __tsan_read##n(void* p) { runtime->access(p, n, EMU_READ); }                     \
  EMU_HOOK void __tsan_write##n(void* p) { runtime->access(p, n, EMU_WRITE); }                   \
  EMU_HOOK void __tsan_unaligned_read##n(void* p) { runtime->access(p, n, EMU_READ); }           \
  EMU_HOOK void __tsan_unaligned_write##n(void* p) { runtime->access(p, n, EMU_WRITE); }         \
  EMU_HOOK void __tsan_volatile_read##n(void* p) { runtime->access(p, n, EMU_READ); }            \
  EMU_HOOK void __tsan_volatile_write##n(void* p) { runtime->access(p, n, EMU_WRITE); }          \
  EMU_HOOK void __tsan_unaligned_volatile_read##n(void* p) { runtime->access(p, n, EMU_READ); }  \
  EMU_HOOK void __tsan_unaligned_volatile_write##n(void* p) { runtime->access(p, n, EMU_WRITE); }

EMU_ACCESS_HOOKS(1)
EMU_ACCESS_HOOKS(2)
EMU_ACCESS_HOOKS(4)
EMU_ACCESS_HOOKS(8)
EMU_ACCESS_HOOKS(16)
EMU_HOOK void __tsan_read_range(void* p, size_t n) { runtime->access(p, (unsigned)n, EMU_READ); }
EMU_HOOK void __tsan_write_range(void* p, size_t n) { runtime->access(p, (unsigned)n, EMU_WRITE); }
EMU_HOOK void __tsan_init() {}
EMU_HOOK void __tsan_func_entry(void*) {}
EMU_HOOK void __tsan_func_exit() {}
EMU_HOOK void __tsan_vptr_update(void*, void*) {}
EMU_HOOK void __tsan_vptr_read(void*) {}

struct EmuPlace {
  const char* file;
  unsigned line, column;
};

#define EMU_UBSAN(hook, name, text, ...)                      \
  EMU_HOOK void __ubsan_handle_##hook(EmuPlace* at, ##__VA_ARGS__) { \
    runtime->trap(name, text, at->file, at->line);        \
  }

EMU_UBSAN(out_of_bounds, "index-out-of-bounds", "an index lies outside of its array", void*)
EMU_UBSAN(add_overflow, "integer-overflow", "an integer addition overflowed", void*, void*)
EMU_UBSAN(sub_overflow, "integer-overflow", "an integer subtraction overflowed", void*, void*)
EMU_UBSAN(mul_overflow, "integer-overflow", "an integer multiplication overflowed", void*, void*)
EMU_UBSAN(negate_overflow, "integer-overflow", "an integer negation overflowed", void*)
EMU_UBSAN(divrem_overflow, "integer-division", "an integer was divided by zero", void*, void*)
EMU_UBSAN(shift_out_of_bounds, "bad-shift", "a shift by a negative or too large count", void*, void*)
EMU_UBSAN(builtin_unreachable, "missing-return", "control reached a place it must not reach")
EMU_UBSAN(missing_return, "missing-return", "a function ended without a value")

EMU_HOOK void __ubsan_handle_type_mismatch_v1(EmuPlace* at, void* p) {
  runtime->trap(p ? "misaligned" : "null-pointer",
                    p ? "a pointer is not aligned as its type demands" : "a null pointer was followed",
                    at->file, at->line);
}

EMU_HOOK void emu_set_checks(const EmuRuntime* to) { runtime = to; }
