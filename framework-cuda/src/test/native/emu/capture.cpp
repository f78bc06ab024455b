// Recording of streams into graphs: cuStreamBeginCapture and its rules.
#include <unistd.h>

#include <algorithm>

#include "api.h"

namespace emu {
namespace {

std::set<Capture*>& captures() {
  static auto* s = new std::set<Capture*>;
  return *s;
}

thread_local int exchange_mode = 0;

}  // namespace

uint64_t this_thread() {
  static thread_local uint64_t id = (uint64_t)gettid();
  return id;
}

bool is_capturing(CUstream stream) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (stream == nullptr || stream == (CUstream)1) return false;
  auto it = handles().find(stream);
  return it != handles().end() && it->second.alive && it->second.kind == "stream" &&
         static_cast<Stream*>(it->second.payload)->capture;
}

void spoil_capture(Capture* capture) {
  if (capture) capture->invalid = true;
}

int forbidden_in_capture(const char* function) {
  for (Capture* c : captures()) {
    bool mine = c->thread == this_thread();
    bool hit = exchange_mode == 0 ? (mine ? c->mode != 2 : c->mode == 0)
               : exchange_mode == 1 ? mine && c->mode != 2
                                    : false;
    if (!hit) continue;
    error(function, "illegal-in-capture", "the call is not allowed while a stream is capturing");
    spoil_capture(c);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return 0;
}

int context_capturing(const char* function, CUcontext context) {
  bool hit = false;
  for (Capture* c : captures()) {
    if (c->graph->context != context) continue;
    spoil_capture(c);
    hit = true;
  }
  if (!hit) return forbidden_in_capture(function);
  error(function, "illegal-in-capture", "a stream of the context is capturing, whatever the mode");
  return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

int capture_state(const char* function, Stream& stream) {
  if (stream.capture) return stream.capture->invalid ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : 0;
  if (stream.handle != nullptr) return 0;
  for (Capture* c : captures())
    for (auto& [handle, strand] : c->strands)
      if (auto* s = static_cast<Stream*>(handles()[handle].payload);
          s && s->blocking() && s->context == stream.context) {
        error(function, "illegal-in-capture",
              "the legacy stream would wait for a blocking stream that is capturing");
        spoil_capture(c);
        return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
      }
  return 0;
}

void capture_node(Stream& stream, Node node) {
  Capture* c = stream.capture;
  node.after = stream.capture_tail;
  node.strand = c->strands[stream.handle];
  c->graph->nodes.push_back(std::move(node));
  stream.capture_tail = {c->graph->nodes.size() - 1};
}

void forget_captures() { captures().clear(); }

namespace {

// Does all work of the capture come before the end of its origin?
bool joined(const Capture& c, const Stream& origin) {
  std::vector<char> reached(c.graph->nodes.size(), 0);
  std::vector<size_t> todo = origin.capture_tail;
  while (!todo.empty()) {
    size_t n = todo.back();
    todo.pop_back();
    if (reached[n]) continue;
    reached[n] = 1;
    for (size_t m : c.graph->nodes[n].after) todo.push_back(m);
  }
  return std::all_of(reached.begin(), reached.end(), [](char r) { return r; });
}

void finish(Capture* c) {
  for (auto& [address, h] : handles()) {
    if (!h.alive) continue;
    if (h.kind == "stream") {
      auto* s = static_cast<Stream*>(h.payload);
      if (s->capture == c) {
        s->capture = nullptr;
        s->capture_tail.clear();
      }
    } else if (h.kind == "event") {
      auto* e = static_cast<Event*>(h.payload);
      if (e->capture == c) e->capture = nullptr;
    }
  }
  captures().erase(c);
  delete c;
}

}  // namespace
}  // namespace emu

using emu::Capture;
using emu::Stream;

CUAPI cuStreamBeginCapture_v2(CUstream stream, int mode) {
  EMU_ENTER("cuStreamBeginCapture_v2");
  EMU_REQUIRE(mode >= 0 && mode <= 2, "unknown-enum-value", "%d is no CUstreamCaptureMode", mode);
  Stream* s = emu::stream_of(fn, stream);
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (s->handle == nullptr) {
    emu::error(fn, "illegal-in-capture", "the legacy stream cannot be captured");
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  if (s->capture) {
    emu::error(fn, "illegal-in-capture", "the stream is capturing already");
    return CUDA_ERROR_ILLEGAL_STATE;
  }
  static uint64_t ids = 0;
  auto* c = new Capture;
  c->origin = s->handle;
  c->mode = mode;
  c->thread = emu::this_thread();
  c->id = ++ids;
  c->graph->context = s->context;
  c->strands[s->handle] = 0;
  s->capture = c;
  s->capture_tail.clear();
  emu::captures().insert(c);
  return CUDA_SUCCESS;
}

CUAPI cuStreamEndCapture(CUstream stream, void** graph) {
  emu::Call emu_call("cuStreamEndCapture");
  static const char* const fn = "cuStreamEndCapture";
  *graph = nullptr;
  if (emu_call.code) {
    // The real one ends the capture whatever it returns.
    if (emu::is_capturing(stream)) emu::finish(emu::stream_of(fn, stream)->capture);
    return emu_call.code;
  }
  Stream* s = emu::stream_of(fn, stream);
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  Capture* c = s->capture;
  if (!c) {
    emu::error(fn, "not-capturing", "the stream is not capturing");
    return CUDA_ERROR_ILLEGAL_STATE;
  }
  if (c->origin != s->handle) {
    emu::error(fn, "illegal-in-capture", "the capture began in another stream");
    return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
  }
  if (c->mode != 2 && c->thread != emu::this_thread()) {
    emu::error(fn, "wrong-thread", "the capture began on another thread");
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  }
  CUresult code = CUDA_SUCCESS;
  if (c->invalid) {
    code = CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  } else if (!emu::joined(*c, *s)) {
    emu::error(fn, "unjoined-capture", "a stream that took part was not joined to the first one");
    code = CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
  } else {
    c->graph->strands = (uint32_t)c->strands.size();
    *graph = emu::create_handle("graph", c->graph.release());
  }
  emu::finish(c);
  return code;
}

CUAPI cuStreamIsCapturing(CUstream stream, int* status) {
  EMU_ENTER("cuStreamIsCapturing");
  Stream* s = emu::stream_of(fn, stream);
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  *status = !s->capture ? 0 : s->capture->invalid ? 2 : 1;
  return CUDA_SUCCESS;
}

CUAPI cuThreadExchangeStreamCaptureMode(int* mode) {
  EMU_ENTER_FREE("cuThreadExchangeStreamCaptureMode");
  EMU_REQUIRE(mode, "null-pointer", "the mode is null");
  EMU_REQUIRE(*mode >= 0 && *mode <= 2, "unknown-enum-value", "%d is no CUstreamCaptureMode", *mode);
  std::swap(*mode, emu::exchange_mode);
  return CUDA_SUCCESS;
}
