// A grid: which blocks run checked, in which order, and each block's threads.
#include "engine.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "codes.h"

namespace emu {

Running running;

namespace {

// Small launches are checked as a whole. Of a large one the first block, the last one and some others are: the
// borders of arrays, and a sample.
std::vector<char> choose_checked(const Function& f, const Grid& g) {
  size_t blocks = g.blocks();
  bool all = !f.module->fast.table || f.module->checked.table->global_count > 0 ||
             g.threads() * blocks <= (size_t)setting("checked.threads", 16384);
  std::vector<char> checked(blocks, all);
  if (all) return checked;
  auto sample = (size_t)setting("checked.blocks", 2);
  if (sample == 0) return checked;
  checked.front() = checked.back() = 1;
  for (size_t i = 2; i < sample; i++) checked[random() % blocks] = 1;
  return checked;
}

void use_variant(const Variant& v, const EmuKernel* kernel, bool checked) {
  running.variant = &v;
  running.kernel = kernel;
  running.checked = checked;
  v.table->set_runtime(&runtime);
  v.table->set_grid(running.grid.size);
  v.table->set_dynamic_shared((char*)running.dynamic_low);
}

void poison_shared() {
  const EmuModule* t = running.variant->table;
  if (t->shared_begin) memset(t->shared_begin, 0xff, (size_t)(t->shared_end - t->shared_begin));
  memset((void*)running.dynamic_low, 0xff, running.dynamic_high - running.dynamic_low);
}

void run_plain_block() {
  if (!running.checked) {
    running.kernel->run_block(running.args);
    return;
  }
  // In either direction, so that order between threads does not pass for synchronisation.
  auto n = (unsigned)running.grid.threads();
  bool backwards = random() & 1;
  for (unsigned i = 0; i < n; i++) {
    set_thread(backwards ? n - 1 - i : i);
    running.kernel->run_thread(running.args);
  }
}

void run_block(size_t index) {
  const unsigned* g = running.grid.size;
  running.block[0] = (unsigned)(index % g[0]);
  running.block[1] = (unsigned)(index / g[0] % g[1]);
  running.block[2] = (unsigned)(index / g[0] / g[1]);
  running.variant->table->set_block(running.block[0], running.block[1], running.block[2]);
  running.block_epoch = 0;
  if (running.kernel->synchronises || running.checked) poison_shared();
  if (running.checked) begin_block_accesses();
  running.fibers = running.kernel->synchronises;
  if (running.fibers)
    run_fiber_block();
  else
    run_plain_block();
}

void run_blocks(const std::vector<uint32_t>& order, const std::vector<char>& checked) {
  for (int pass = 0; pass < 2; pass++) {
    bool with_checks = pass == 0;
    const Function& f = *running.function;
    if (!with_checks && !f.module->fast.table) break;
    use_variant(with_checks ? f.module->checked : f.module->fast, with_checks ? f.checked : f.fast,
                with_checks);
    for (uint32_t b : order)
      if ((bool)checked[b] == with_checks) run_block(b);
  }
}

}  // namespace

void set_thread(unsigned t) {
  const unsigned* g = running.grid.size;
  running.thread = t;
  running.variant->table->set_thread(t % g[3], t / g[3] % g[4], t / (g[3] * g[4]));
}

std::string place() {
  const unsigned* g = running.grid.size;
  unsigned t = running.thread;
  char text[300];
  snprintf(text, sizeof text, "kernel %s, block (%u, %u, %u)", running.function->name.c_str(),
           running.block[0], running.block[1], running.block[2]);
  std::string where = text;
  if (running.checked || running.fibers) {
    snprintf(text, sizeof text, ", thread (%u, %u, %u)", t % g[3], t / g[3] % g[4], t / (g[3] * g[4]));
    where += text;
  }
  return where;
}

void leave_kernel() { siglongjmp(running.leave, 1); }

void trap_kernel(int code, const char* name, const std::string& text) {
  // A fault of the emulator's own while it reports is not the kernel's: leaving it like one would keep the lock.
  guard_end();
  error_async(code, "cuLaunchKernel", name, "%s: %s", place().c_str(), text.c_str());
  leave_kernel();
}

void run_grid(const Function& function, const Grid& grid, void** args) {
  // Static, for leave_kernel() jumps over the end of this function's objects.
  static std::vector<char> dynamic, checked;
  static std::vector<uint32_t> order;
  dynamic.resize(grid.dynamic_shared + 256);
  running.function = &function;
  running.grid = grid;
  running.args = args;
  running.dynamic_low = ((uintptr_t)dynamic.data() + 255) / 256 * 256;
  // The end of the memory is the end of the vector's use, so that the checks see one element too far.
  running.dynamic_high = running.dynamic_low + grid.dynamic_shared;
  checked = choose_checked(function, grid);
  order.resize(grid.blocks());
  std::iota(order.begin(), order.end(), 0u);
  for (size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[random() % i]);
  count("threads", grid.blocks() * grid.threads());
  begin_accesses();
  guard_begin();
  if (sigsetjmp(running.leave, 1) == 0) run_blocks(order, checked);
  guard_end();
  end_accesses();
  running.function = nullptr;
}

}  // namespace emu
