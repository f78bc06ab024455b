// Strictness errors by name.
#include <cstdarg>
#include <cstdio>

#include "codes.h"
#include "state.h"

namespace emu {
namespace {

std::vector<std::string>& recent() {
  static auto* list = new std::vector<std::string>;
  return *list;
}

std::string format(const char* fmt, va_list args) {
  char buffer[2048];
  vsnprintf(buffer, sizeof buffer, fmt, args);
  return buffer;
}

void report(const char* function, const char* name, const std::string& text) {
  count("errors");
  count(("error." + std::string(name)).c_str());
  if (recent().size() < 10000) recent().push_back(std::string(name) + "|" + function + "|" + text);
  if (setting("log", 1))
    fprintf(stderr, "[emulated CUDA] %s in %s: %s\n", name, function, text.c_str());
}

}  // namespace

void error(const char* function, const char* name, const char* fmt, ...) {
  std::lock_guard<std::recursive_mutex> held(lock());
  va_list args;
  va_start(args, fmt);
  report(function, name, format(fmt, args));
  va_end(args);
}

void error_async(int code, const char* function, const char* name, const char* fmt, ...) {
  std::lock_guard<std::recursive_mutex> held(lock());
  va_list args;
  va_start(args, fmt);
  report(function, name, format(fmt, args));
  va_end(args);
  const Op* op = running_op();
  break_context(op ? op->context : current_context(), code);
}

int unimplemented(const char* function) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (int code = enter_without_context(function)) return code;
  error(function, "not-implemented", "the emulated CUDA libraries do not have this function");
  return CUDA_ERROR_NOT_SUPPORTED;
}

}  // namespace emu

extern "C" const char* emu_last_errors(void) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  static thread_local std::string text;
  text.clear();
  for (const std::string& line : emu::recent()) text += line + "\n";
  return text.c_str();
}

extern "C" void emu_clear_errors(void) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  emu::recent().clear();
}
