// Counters, the seeded generator, settings, and what Java reads of them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "state.h"

namespace emu {
namespace {

std::map<std::string, uint64_t>& table() {
  static auto* t = new std::map<std::string, uint64_t>;
  return *t;
}

// CORTADO_EMU_SETTINGS="devices=0 cudnn.version=8904": for processes that no test steers.
std::map<std::string, int64_t>* from_environment() {
  auto* t = new std::map<std::string, int64_t>;
  const char* text = getenv("CORTADO_EMU_SETTINGS");
  std::istringstream words(text ? text : "");
  for (std::string word; words >> word;) {
    size_t equals = word.find('=');
    if (equals == std::string::npos) {
      fprintf(stderr, "CORTADO_EMU_SETTINGS: '%s' is no KEY=NUMBER\n", word.c_str());
      abort();
    }
    (*t)[word.substr(0, equals)] = strtoll(word.c_str() + equals + 1, nullptr, 0);
  }
  return t;
}

std::map<std::string, int64_t>& settings() {
  static auto* t = from_environment();
  return *t;
}

uint64_t state = 1;

// Keys of libcuda and libnvrtc. The other libraries use their own name and a dot as prefix.
const char* const keys[] = {"devices",       "memory.total",    "driver.version", "compute.major",
                            "compute.minor", "checked.threads", "checked.blocks", "log",
                            "late",          "queue.limit",     "nvrtc.major",    "nvrtc.minor"};

}  // namespace

std::recursive_mutex& lock() {
  static auto* m = new std::recursive_mutex;  // outlives exit handlers
  return *m;
}

void count(const char* counter, uint64_t n) { table()[counter] += n; }

void counter_set(const char* name, uint64_t value) { table()[name] = value; }

uint64_t counter_get(const char* name) {
  auto it = table().find(name);
  return it == table().end() ? 0 : it->second;
}

int64_t setting(const char* key, int64_t otherwise) {
  auto it = settings().find(key);
  return it == settings().end() ? otherwise : it->second;
}

void set_seed(uint64_t seed) { state = seed; }

uint64_t random() {  // splitmix64
  uint64_t z = (state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

const char* intern(const std::string& text) {
  static auto* names = new std::set<std::string>;
  return names->insert(text).first->c_str();
}

double now_milliseconds() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace emu

using Held = std::lock_guard<std::recursive_mutex>;

extern "C" int64_t emu_counter(const char* name) {
  Held held(emu::lock());
  if (!strcmp(name, "memory_in_use")) return (int64_t)emu::memory_in_use();
  return (int64_t)emu::counter_get(name);
}

extern "C" void emu_reset_counters(void) {
  Held held(emu::lock());
  emu::table().clear();
  emu::counter_set("memory_peak", emu::memory_in_use());
}

extern "C" const char* emu_counters(void) {
  Held held(emu::lock());
  static thread_local std::string text;
  text = "memory_in_use=" + std::to_string(emu::memory_in_use()) + "\n";
  for (auto& [name, value] : emu::table()) text += name + "=" + std::to_string(value) + "\n";
  return text.c_str();
}

extern "C" void emu_set_seed(uint64_t seed) {
  Held held(emu::lock());
  emu::set_seed(seed);
}

extern "C" void emu_configure(const char* key, int64_t value) {
  Held held(emu::lock());
  bool known = std::any_of(std::begin(emu::keys), std::end(emu::keys),
                           [&](const char* k) { return !strcmp(k, key); });
  for (const char* prefix : {"cublas.", "cublasLt.", "cudnn."})
    known = known || !strncmp(key, prefix, strlen(prefix));
  if (!known) emu::error("emu_configure", "unknown-setting", "there is no setting '%s'", key);
  emu::settings()[key] = value;
}

extern "C" void emu_reset(void) {
  Held held(emu::lock());
  emu::forget_streams();
  emu::forget_captures();
  emu::forget_modules();
  emu::forget_handles();
  emu::forget_contexts();
  emu::forget_memory();
  emu::forget_faults();
  emu_clear_errors();
  emu::settings().clear();
  emu::set_seed(1);
  emu_reset_counters();
}
