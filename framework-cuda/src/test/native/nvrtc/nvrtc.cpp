// The API of libnvrtc.so.12.
#include <cstring>

#include "compile.h"
#include "emulator.h"

namespace {

enum {
  NVRTC_SUCCESS = 0,
  NVRTC_ERROR_INVALID_INPUT = 3,
  NVRTC_ERROR_INVALID_PROGRAM = 4,
  NVRTC_ERROR_INVALID_OPTION = 5,
  NVRTC_ERROR_COMPILATION = 6,
  NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION = 8,
  NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION = 9,
  NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID = 10,
};

struct Program {
  nvrtc::Job job;
  nvrtc::Result result;
  bool compiled = false;
};

const char* const kind = "nvrtc program";

Program* find(const char* fn, void* handle) {
  return static_cast<Program*>(emu::check_handle(fn, kind, handle));
}

int text_size(const char* fn, void* handle, size_t* n, std::string nvrtc::Result::*text) {
  Program* p = find(fn, handle);
  if (!p) return NVRTC_ERROR_INVALID_PROGRAM;
  *n = (p->result.*text).size() + 1;
  return NVRTC_SUCCESS;
}

int text_copy(const char* fn, void* handle, char* out, std::string nvrtc::Result::*text) {
  Program* p = find(fn, handle);
  if (!p) return NVRTC_ERROR_INVALID_PROGRAM;
  const std::string& t = p->result.*text;
  memcpy(out, t.c_str(), t.size() + 1);
  return NVRTC_SUCCESS;
}

bool compiled(const char* fn, void* handle) {
  Program* p = find(fn, handle);
  if (p && (!p->compiled || p->result.code))
    emu::error(fn, "not-compiled", "the program was not compiled, or not successfully");
  return p && p->compiled && !p->result.code;
}

}  // namespace

#define NVRTCAPI extern "C" EMU_API int
#define ENTER(name)                                            \
  std::lock_guard<std::recursive_mutex> held(emu::lock());     \
  static const char* const fn = name;                          \
  (void)fn;                                                    \
  if (int code = emu::enter_without_context(name)) return code

extern "C" EMU_API const char* nvrtcGetErrorString(int code) {
  static const char* const names[] = {
      "NVRTC_SUCCESS",
      "NVRTC_ERROR_OUT_OF_MEMORY",
      "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
      "NVRTC_ERROR_INVALID_INPUT",
      "NVRTC_ERROR_INVALID_PROGRAM",
      "NVRTC_ERROR_INVALID_OPTION",
      "NVRTC_ERROR_COMPILATION",
      "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
      "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
      "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
      "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
      "NVRTC_ERROR_INTERNAL_ERROR",
      "NVRTC_ERROR_TIME_FILE_WRITE_FAILED"};
  return code >= 0 && code < (int)std::size(names) ? names[code] : "NVRTC_ERROR unknown";
}

NVRTCAPI nvrtcVersion(int* major, int* minor) {
  ENTER("nvrtcVersion");
  *major = (int)emu::setting("nvrtc.major", 12);
  *minor = (int)emu::setting("nvrtc.minor", 6);
  return NVRTC_SUCCESS;
}

NVRTCAPI nvrtcGetNumSupportedArchs(int* n) {
  ENTER("nvrtcGetNumSupportedArchs");
  *n = 5;
  return NVRTC_SUCCESS;
}

NVRTCAPI nvrtcGetSupportedArchs(int* out) {
  ENTER("nvrtcGetSupportedArchs");
  for (int a : {75, 80, 86, 89, 90}) *out++ = a;
  return NVRTC_SUCCESS;
}

NVRTCAPI nvrtcCreateProgram(void** out, const char* source, const char* name, int headers,
                            const char* const* contents, const char* const* names) {
  ENTER("nvrtcCreateProgram");
  if (!out || !source) return NVRTC_ERROR_INVALID_INPUT;
  auto* p = new Program;
  p->job.source = source;
  p->job.name = name && *name ? name : "default_program";
  for (int i = 0; i < headers; i++) p->job.headers[names[i]] = contents[i];
  *out = emu::create_handle(kind, p, false);
  return NVRTC_SUCCESS;
}

NVRTCAPI nvrtcDestroyProgram(void** handle) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  static const char* const fn = "nvrtcDestroyProgram";
  if (int code = emu::enter_without_context(fn)) {
    emu::excuse(handle ? *handle : nullptr);
    return code;
  }
  auto* p = static_cast<Program*>(emu::destroy_handle(fn, kind, handle ? *handle : nullptr));
  if (!p) return NVRTC_ERROR_INVALID_PROGRAM;
  delete p;
  *handle = nullptr;
  return NVRTC_SUCCESS;
}

NVRTCAPI nvrtcCompileProgram(void* handle, int n, const char* const* options) {
  ENTER("nvrtcCompileProgram");
  Program* p = find(fn, handle);
  if (!p) return NVRTC_ERROR_INVALID_PROGRAM;
  p->job.options.assign(options, options + n);
  p->result = nvrtc::compile(p->job);
  p->compiled = true;
  emu::count("nvrtc_compilations");
  return p->result.code;
}

NVRTCAPI nvrtcGetProgramLogSize(void* handle, size_t* n) {
  ENTER("nvrtcGetProgramLogSize");
  return text_size(fn, handle, n, &nvrtc::Result::log);
}

NVRTCAPI nvrtcGetProgramLog(void* handle, char* out) {
  ENTER("nvrtcGetProgramLog");
  return text_copy(fn, handle, out, &nvrtc::Result::log);
}

NVRTCAPI nvrtcGetPTXSize(void* handle, size_t* n) {
  ENTER("nvrtcGetPTXSize");
  if (!compiled(fn, handle)) return NVRTC_ERROR_INVALID_PROGRAM;
  return text_size(fn, handle, n, &nvrtc::Result::image);
}

NVRTCAPI nvrtcGetPTX(void* handle, char* out) {
  ENTER("nvrtcGetPTX");
  if (!compiled(fn, handle)) return NVRTC_ERROR_INVALID_PROGRAM;
  return text_copy(fn, handle, out, &nvrtc::Result::image);
}

// A cubin is the same image here; it is there for sm_ architectures only, as in NVRTC.
NVRTCAPI nvrtcGetCUBINSize(void* handle, size_t* n) {
  ENTER("nvrtcGetCUBINSize");
  if (!compiled(fn, handle)) return NVRTC_ERROR_INVALID_PROGRAM;
  if (find(fn, handle)->result.image.find(".target sm_") == std::string::npos) {
    *n = 0;
    return NVRTC_SUCCESS;
  }
  return text_size(fn, handle, n, &nvrtc::Result::image);
}

NVRTCAPI nvrtcGetCUBIN(void* handle, char* out) {
  ENTER("nvrtcGetCUBIN");
  if (!compiled(fn, handle)) return NVRTC_ERROR_INVALID_PROGRAM;
  return text_copy(fn, handle, out, &nvrtc::Result::image);
}

NVRTCAPI nvrtcAddNameExpression(void* handle, const char* expression) {
  ENTER("nvrtcAddNameExpression");
  Program* p = find(fn, handle);
  if (!p) return NVRTC_ERROR_INVALID_PROGRAM;
  if (p->compiled) return NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION;
  p->job.expressions.push_back(expression);
  return NVRTC_SUCCESS;
}

NVRTCAPI nvrtcGetLoweredName(void* handle, const char* expression, const char** out) {
  ENTER("nvrtcGetLoweredName");
  Program* p = find(fn, handle);
  if (!p) return NVRTC_ERROR_INVALID_PROGRAM;
  if (!p->compiled) return NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION;
  auto it = p->result.lowered.find(expression);
  if (it == p->result.lowered.end()) return NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID;
  *out = it->second.c_str();
  return NVRTC_SUCCESS;
}
