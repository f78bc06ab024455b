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

int64_t excused = 0;

bool gives_back(const std::string& name) {
  for (const char* word : {"Free", "Destroy", "Release", "Unload", "Unregister", "Detach"})
    if (name.find(word) != std::string::npos) return true;
  return false;
}

int injected(const std::string& name) {
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
    // What the failed call should have given back is no leak of the caller's.
    if (gives_back(name)) excused++;
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
int64_t excused_leaks() { return excused; }
void forget_excused_leaks() { excused = 0; }

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
