// A kernel compiled without checks that touches a closed page raises SIGSEGV. Here that ends the launch with a
// named error. Every other signal goes to the handler that was there before: the JVM needs its own.
#include <csignal>

#include "codes.h"
#include "engine.h"

namespace emu {
namespace {

thread_local volatile sig_atomic_t guarded = 0;
struct sigaction before_segv, before_bus, before_fpe;

void forward(const struct sigaction& to, int signal, siginfo_t* info, void* context) {
  if (to.sa_flags & SA_SIGINFO) {
    to.sa_sigaction(signal, info, context);
  } else if (to.sa_handler == SIG_DFL) {
    sigaction(signal, &to, nullptr);  // and the instruction is tried again
  } else if (to.sa_handler != SIG_IGN) {
    to.sa_handler(signal);
  }
}

void on_signal(int signal, siginfo_t* info, void* context) {
  if (!guarded)
    return forward(signal == SIGSEGV ? before_segv : signal == SIGBUS ? before_bus : before_fpe, signal,
                   info, context);
  guarded = 0;
  if (signal == SIGFPE)
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "integer-division", "an integer was divided by zero");
  auto p = (uintptr_t)info->si_addr;
  std::string text;
  const char* name = range_fault({info->si_addr, 1, false, "memory", 1}, text, true);
  if (!p) {
    name = "misaligned";  // or an address that no machine has
    text = "an access that is not aligned, or to address 0";
  }
  trap_kernel(CUDA_ERROR_ILLEGAL_ADDRESS, name ? name : "out-of-bounds", text);
}

void install() {
  struct sigaction a = {};
  a.sa_sigaction = on_signal;
  a.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&a.sa_mask);
  sigaction(SIGSEGV, &a, &before_segv);
  sigaction(SIGBUS, &a, &before_bus);
  sigaction(SIGFPE, &a, &before_fpe);
}

}  // namespace

void guard_begin() {
  static bool installed = false;
  if (!installed) install();
  installed = true;
  guarded = 1;
}

void guard_end() { guarded = 0; }

}  // namespace emu
