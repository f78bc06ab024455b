// cuEvent* and cuStreamWaitEvent.
#include <algorithm>

#include "api.h"

using emu::Event;
using emu::Stream;

namespace {

bool captured(const char* fn, Event* e) {
  if (!e->capture) return false;
  emu::error(fn, "illegal-in-capture", "the event was last recorded in a capturing stream");
  emu::spoil_capture(e->capture);
  return true;
}

CUresult record(const char* fn, CUevent event, CUstream stream) {
  auto* e = emu::payload<Event>(fn, "event", event);
  Stream* s = e ? emu::stream_of(fn, stream) : nullptr;
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (int code = emu::capture_state(fn, *s)) return code;
  if (s->capture) {
    e->capture = s->capture;
    e->capture_nodes = s->capture_tail;
    return CUDA_SUCCESS;
  }
  auto recorded = std::make_shared<emu::Recorded>();
  emu::Op& op = emu::issue(*s, emu::intern(fn));
  recorded->lane = op.lane;
  recorded->seq = op.seq;
  recorded->clock = op.clock;
  recorded->context = s->context;
  op.body = [recorded] { recorded->milliseconds = emu::now_milliseconds(); };
  e->recorded = recorded;
  e->capture = nullptr;
  emu::count("event_records");
  return CUDA_SUCCESS;
}

void add(std::vector<size_t>& to, const std::vector<size_t>& from) {
  for (size_t n : from)
    if (std::find(to.begin(), to.end(), n) == to.end()) to.push_back(n);
}

CUresult wait_captured(const char* fn, Stream& s, Event& e) {
  if (e.capture->invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  if (s.handle == nullptr) {
    emu::error(fn, "illegal-in-capture", "the legacy stream cannot take part in a capture");
    emu::spoil_capture(e.capture);
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  }
  if (s.capture && s.capture != e.capture) {
    emu::error(fn, "illegal-in-capture", "two captures cannot be merged");
    emu::spoil_capture(s.capture);
    emu::spoil_capture(e.capture);
    return CUDA_ERROR_STREAM_CAPTURE_MERGE;
  }
  if (!s.capture) {  // the stream joins
    s.capture = e.capture;
    s.capture_tail.clear();
    e.capture->strands.emplace(s.handle, (uint32_t)e.capture->strands.size());
  }
  add(s.capture_tail, e.capture_nodes);
  return CUDA_SUCCESS;
}

}  // namespace

CUAPI cuEventCreate(CUevent* out, unsigned flags) {
  EMU_ENTER("cuEventCreate");
  auto* e = new Event;
  e->flags = flags;
  e->context = emu::current_context();
  *out = (CUevent)emu::create_handle("event", e);
  return CUDA_SUCCESS;
}

CUAPI cuEventDestroy_v2(CUevent event) {
  EMU_ENTER_RELEASE("cuEventDestroy_v2", event);
  auto* e = static_cast<Event*>(emu::destroy_handle(fn, "event", event));
  delete e;
  return e ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUAPI cuEventRecord(CUevent event, CUstream stream) {
  EMU_ENTER("cuEventRecord");
  return record(fn, event, stream);
}

CUAPI cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned) {
  EMU_ENTER("cuEventRecordWithFlags");
  return record(fn, event, stream);
}

CUAPI cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
  EMU_ENTER("cuStreamWaitEvent");
  auto* e = emu::payload<Event>(fn, "event", event);
  Stream* s = e ? emu::stream_of(fn, stream) : nullptr;
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (s->capture && s->capture->invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  if (e->capture) return wait_captured(fn, *s, *e);
  if (!e->recorded) return CUDA_SUCCESS;  // nothing to wait for, as on a GPU
  if (s->capture) {
    emu::error(fn, "illegal-in-capture", "the event was recorded outside of the capture");
    emu::spoil_capture(s->capture);
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  emu::issue(*s, emu::intern(fn), {{e->recorded->lane, e->recorded->seq}}, e->recorded->clock);
  emu::count("event_waits");
  return CUDA_SUCCESS;
}

CUAPI cuEventSynchronize(CUevent event) {
  EMU_ENTER("cuEventSynchronize");
  auto* e = emu::payload<Event>(fn, "event", event);
  if (!e) return CUDA_ERROR_INVALID_HANDLE;
  if (captured(fn, e)) return CUDA_ERROR_CAPTURED_EVENT;
  if (int code = emu::forbidden_in_capture(fn)) return code;
  emu::count("synchronisations");
  if (!e->recorded) return CUDA_SUCCESS;
  emu::run_until(e->recorded->lane, e->recorded->seq);
  emu::host_joins(e->recorded->clock);
  return emu::current()->sticky;
}

CUAPI cuEventQuery(CUevent event) {
  EMU_ENTER("cuEventQuery");
  auto* e = emu::payload<Event>(fn, "event", event);
  if (!e) return CUDA_ERROR_INVALID_HANDLE;
  if (captured(fn, e)) return CUDA_ERROR_CAPTURED_EVENT;
  if (int code = emu::forbidden_in_capture(fn)) return code;
  if (!e->recorded) return CUDA_SUCCESS;
  const emu::Recorded& r = *e->recorded;
  if (emu::lane(r.lane).done < r.seq) emu::run_one(r.lane);  // asking often enough gets there
  if (emu::lane(r.lane).done < r.seq) return CUDA_ERROR_NOT_READY;
  emu::host_joins(r.clock);
  return emu::current()->sticky;
}

CUAPI cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
  EMU_ENTER("cuEventElapsedTime");
  auto* a = emu::payload<Event>(fn, "event", start);
  auto* b = a ? emu::payload<Event>(fn, "event", end) : nullptr;
  if (!b) return CUDA_ERROR_INVALID_HANDLE;
  for (Event* e : {a, b}) {
    if (captured(fn, e)) return CUDA_ERROR_CAPTURED_EVENT;
    if (!e->recorded || (e->flags & 2)) {
      emu::error(fn, "event-without-time", "the event %s",
                 e->recorded ? "was created with timing disabled" : "was never recorded");
      return CUDA_ERROR_INVALID_HANDLE;
    }
  }
  if (a->recorded->milliseconds < 0 || b->recorded->milliseconds < 0) return CUDA_ERROR_NOT_READY;
  *milliseconds = (float)(b->recorded->milliseconds - a->recorded->milliseconds);
  return CUDA_SUCCESS;
}
