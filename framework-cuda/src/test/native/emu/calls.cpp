// What every API call does first: counting, injected failures, the thread's context.
#include "codes.h"
#include "state.h"

namespace emu {
namespace {

struct Order {
  int64_t left;
  int code;
};

std::map<std::string, std::vector<Order>>& orders() {
  static auto* m = new std::map<std::string, std::vector<Order>>;
  return *m;
}

bool failed_by_order = false;  // the last call that was entered

int injected(const std::string& name) {
  failed_by_order = false;
  auto it = orders().find(name);
  if (it == orders().end()) return 0;
  int code = 0;
  auto& list = it->second;
  for (size_t i = 0; i < list.size();) {
    if (--list[i].left > 0) {
      i++;
      continue;
    }
    code = list[i].code;
    list.erase(list.begin() + (long)i);
  }
  if (list.empty()) orders().erase(it);
  if (code) {
    count("injected_failures");
    failed_by_order = true;
  }
  return code;
}

}  // namespace

std::string plain_name(const char* function) {
  std::string name = function;
  for (const char* suffix : {"_ptsz", "_ptds", "_v2", "_v3"}) {
    std::string s = suffix;
    if (name.size() > s.size() && !name.compare(name.size() - s.size(), s.size(), s))
      name.resize(name.size() - s.size());
  }
  return name;
}

int enter_without_context(const char* function) {
  std::lock_guard<std::recursive_mutex> held(lock());
  std::string name = plain_name(function);
  count(("call." + name).c_str());
  return injected(name);
}

int enter(const char* function, int no_context_code) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (int code = enter_without_context(function)) return code;
  bool driver = no_context_code == CUDA_ERROR_INVALID_CONTEXT;
  Context* context = current();
  if (!context) {
    bool dead = !context_stack().empty();
    error(function, dead ? "destroyed-context" : "no-context",
          dead ? "the context that is current on this thread was destroyed"
               : "no context is current on this thread");
    return driver && dead ? CUDA_ERROR_CONTEXT_IS_DESTROYED : no_context_code;
  }
  if (context->sticky) return driver ? context->sticky : no_context_code;
  return 0;
}

void forget_faults() { orders().clear(); }

void excuse(const void* object) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (!failed_by_order) return;
  if (auto h = handles().find(object); h != handles().end()) h->second.excused = true;
  if (auto a = allocations().find((uintptr_t)object); a != allocations().end())
    a->second.excused = true;
}

}  // namespace emu

extern "C" void emu_fail_nth(const char* function, int64_t n, int32_t code) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  std::string name = emu::plain_name(function);
  if (n <= 0)
    emu::orders().erase(name);
  else
    emu::orders()[name].push_back({n, code});
}

extern "C" int64_t emu_pending_failures(void) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  int64_t n = 0;
  for (auto& [name, list] : emu::orders()) n += (int64_t)list.size();
  return n;
}
