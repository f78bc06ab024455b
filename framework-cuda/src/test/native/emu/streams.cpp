// cuStream*.
#include <algorithm>

#include "api.h"

namespace emu {
namespace {

std::map<CUcontext, std::vector<Stream*>>& registry() {
  static auto* m = new std::map<CUcontext, std::vector<Stream*>>;
  return *m;
}

}  // namespace

Stream* stream_of(const char* function, CUstream handle) {
  if (handle == nullptr || handle == (CUstream)1) {
    CUcontext context = current_context();
    return context ? &null_stream(context) : nullptr;
  }
  return payload<Stream>(function, "stream", handle);
}

bool check_stream(const char* function, CUstream stream) {
  std::lock_guard<std::recursive_mutex> held(lock());
  return stream_of(function, stream) != nullptr;
}

const std::vector<Stream*>& streams_of(CUcontext context) { return registry()[context]; }

void drop_streams(CUcontext context) { registry().erase(context); }

void forget_stream_registry() { registry().clear(); }

}  // namespace emu

using emu::Stream;

#define NEEDS_STREAM(s, handle)                        \
  Stream* s = emu::stream_of(fn, handle);              \
  if (!s) return CUDA_ERROR_INVALID_HANDLE

namespace {

CUresult create(CUstream* out, unsigned flags, int priority) {
  auto* s = new Stream;
  s->lane = emu::new_lane();
  s->flags = flags;
  s->priority = priority;
  s->context = emu::current_context();
  s->handle = (CUstream)emu::create_handle("stream", s);
  emu::registry()[s->context].push_back(s);
  *out = s->handle;
  return CUDA_SUCCESS;
}

}  // namespace

CUAPI cuStreamCreate(CUstream* out, unsigned flags) {
  EMU_ENTER("cuStreamCreate");
  return create(out, flags, 0);
}

CUAPI cuStreamCreateWithPriority(CUstream* out, unsigned flags, int priority) {
  EMU_ENTER("cuStreamCreateWithPriority");
  return create(out, flags, priority);
}

CUAPI cuStreamDestroy_v2(CUstream stream) {
  EMU_ENTER_RELEASE("cuStreamDestroy_v2", stream);
  if (!emu::payload<Stream>(fn, "stream", stream)) return CUDA_ERROR_INVALID_HANDLE;
  auto* s = emu::payload<Stream>(fn, "stream", stream);
  if (s->capture) {
    emu::error(fn, "illegal-in-capture", "the stream is capturing");
    emu::spoil_capture(s->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  emu::free_lane(s->lane);
  emu::destroy_handle(fn, "stream", stream);
  auto& list = emu::registry()[s->context];
  list.erase(std::find(list.begin(), list.end(), s));
  delete s;
  return CUDA_SUCCESS;
}

CUAPI cuStreamSynchronize(CUstream stream) {
  EMU_ENTER("cuStreamSynchronize");
  return emu::synchronize(stream, fn);
}

CUAPI cuStreamQuery(CUstream stream) {
  EMU_ENTER("cuStreamQuery");
  NEEDS_STREAM(s, stream);
  if (s->capture) {
    emu::error(fn, "illegal-in-capture", "a capturing stream cannot be asked for its state");
    emu::spoil_capture(s->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  if (int code = emu::forbidden_in_capture(fn)) return code;
  emu::run_one(s->lane);  // asking often enough gets there
  if (!emu::lane(s->lane).queue.empty()) return CUDA_ERROR_NOT_READY;
  emu::host_joins(emu::lane(s->lane).clock);
  return emu::current()->sticky;
}

CUAPI cuStreamGetFlags(CUstream stream, unsigned* flags) {
  EMU_ENTER("cuStreamGetFlags");
  NEEDS_STREAM(s, stream);
  *flags = s->flags;
  return CUDA_SUCCESS;
}

CUAPI cuStreamGetPriority(CUstream stream, int* priority) {
  EMU_ENTER("cuStreamGetPriority");
  NEEDS_STREAM(s, stream);
  *priority = s->priority;
  return CUDA_SUCCESS;
}

CUAPI cuStreamGetCtx(CUstream stream, CUcontext* context) {
  EMU_ENTER("cuStreamGetCtx");
  NEEDS_STREAM(s, stream);
  *context = s->context;
  return CUDA_SUCCESS;
}

CUAPI cuStreamGetId(CUstream stream, unsigned long long* id) {
  EMU_ENTER("cuStreamGetId");
  NEEDS_STREAM(s, stream);
  *id = s->lane;
  return CUDA_SUCCESS;
}

CUAPI cuLaunchHostFunc(CUstream stream, void (*function)(void*), void* data) {
  EMU_ENTER("cuLaunchHostFunc");
  return emu::enqueue(stream, fn, "", {}, [=] { function(data); });
}

CUAPI cuStreamAddCallback(CUstream stream, void (*function)(CUstream, CUresult, void*), void* data,
                          unsigned) {
  EMU_ENTER("cuStreamAddCallback");
  if (emu::is_capturing(stream)) {
    emu::error(fn, "illegal-in-capture", "a callback cannot be captured; cuLaunchHostFunc can");
    emu::spoil_capture(emu::stream_of(fn, stream)->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return emu::enqueue(stream, fn, "", {}, [=] { function(stream, CUDA_SUCCESS, data); });
}
