// The emulator's state, for the files of libcuda.so.1 alone.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "emulator.h"

namespace emu {

// ---------------------------------------------------------------- happens-before

// A vector clock: for each lane how much of its work is known to come before.
struct Clock {
  std::vector<uint32_t> v;
  uint32_t at(uint32_t lane) const { return lane < v.size() ? v[lane] : 0; }
  void raise(uint32_t lane, uint32_t seq);
  void join(const Clock& other);
};

struct Access {
  uint32_t lane = 0;
  uint32_t seq = 0;          // 0: none
  const char* who = nullptr;  // interned
};

// Who last touched one piece of an allocation.
struct Segment {
  size_t end;
  Access write;
  std::vector<Access> reads;
};

// ---------------------------------------------------------------- memory

enum class Memory { device, pinned, module_global };

struct Allocation {
  uintptr_t base = 0;
  size_t bytes = 0;
  Memory kind = Memory::device;
  CUcontext context = nullptr;
  bool mapped = false;      // pinned memory that kernels may use
  bool registered = false;  // host memory of the caller's, pinned by cuMemHostRegister
  bool ordered = false;     // from cuMemAllocAsync
  bool excused = false;     // the call that frees it was made to fail: no leak
  bool freeing = false;     // cuMemFreeAsync was called, and has not run yet
  uint64_t number = 0;      // the n-th allocation, for messages
  uintptr_t map_base = 0;
  size_t map_bytes = 0;
  std::map<size_t, Segment> segments;
  // While a checked kernel runs: 1 = read, 2 = written, for each 256 bytes.
  std::vector<uint8_t> touched;
  size_t touched_low = SIZE_MAX, touched_high = 0;
  void* shadow = nullptr;  // of each word: which threads of the running launch used it
  size_t shadow_bytes = 0;

  uintptr_t end() const { return base + bytes; }
};

Allocation* find_allocation(uintptr_t p);   // the live one whose range holds p (or ends at p)
bool was_freed(uintptr_t p);
bool in_guard(uintptr_t p);
// Allocates; null when the device is full. The memory is filled with NaN.
Allocation* allocate(CUcontext context, size_t bytes, Memory kind);
void release(Allocation* allocation, const char* function);
Allocation* register_range(CUcontext context, void* p, size_t bytes, Memory kind);
std::map<uintptr_t, Allocation>& allocations();
void drop_shadow(Allocation& allocation);
void release_all(CUcontext context);
uint64_t memory_in_use();
uint64_t memory_total();
void forget_memory();
// Why is this range wrong? Null when it is right.
const char* range_fault(const Range& range, std::string& text, bool any_context = false);

// ---------------------------------------------------------------- contexts and handles

struct Context {
  CUcontext handle = nullptr;
  int device = 0;
  unsigned flags = 0;
  bool primary = false;
  int retained = 0;
  int sticky = 0;  // the code that every call returns once the context is broken
  uint64_t number = 0;
};

std::vector<CUcontext>& context_stack();  // of this thread
Context* context_of(CUcontext handle);
Context* current();
void break_context(CUcontext handle, int code);
void forget_contexts();

struct Handle {
  std::string kind;
  void* payload = nullptr;
  CUcontext context = nullptr;
  bool alive = true;
  bool excused = false;  // the call that destroys it was made to fail: no leak
};

std::map<const void*, Handle>& handles();
void forget_handles();
int report_leaks(CUcontext context);  // null: all

template <class T>
T* payload(const char* function, const char* kind, const void* handle) {
  return static_cast<T*>(check_handle(function, kind, handle));
}

// ---------------------------------------------------------------- streams

struct Dependency {
  uint32_t lane, seq;
};

struct Op {
  uint32_t lane = 0, seq = 0;
  Clock clock;
  std::vector<Dependency> after;
  std::vector<Range> ranges;
  std::function<void()> body;
  const char* who = nullptr;  // interned
  CUcontext context = nullptr;
  bool frees_first_range = false;
};

struct Lane {
  uint32_t issued = 0, done = 0;
  std::deque<Op> queue;
  Clock clock;
  bool free = false;  // its stream is gone
};

struct Capture;

struct Stream {
  uint32_t lane = 0;
  unsigned flags = 0;
  int priority = 0;
  CUcontext context = nullptr;
  CUstream handle = nullptr;
  Capture* capture = nullptr;
  std::vector<size_t> capture_tail;  // nodes that the next captured node comes after
  bool blocking() const { return !(flags & 1); }
};

// What one cuEventRecord left behind.
struct Recorded {
  uint32_t lane = 0, seq = 0;
  Clock clock;
  double milliseconds = -1;
  CUcontext context = nullptr;
};

struct Event {
  unsigned flags = 0;
  CUcontext context = nullptr;
  std::shared_ptr<Recorded> recorded;
  Capture* capture = nullptr;  // recorded in a capturing stream
  std::vector<size_t> capture_nodes;
};

Stream* stream_of(const char* function, CUstream handle);  // null after an error
uint32_t new_lane();
void free_lane(uint32_t lane);
Lane& lane(uint32_t index);
// An op at the end of the stream, its clock set, after what the legacy stream's rules say.
Op& issue(Stream& stream, const char* who, std::vector<Dependency> after = {},
          const Clock& known = {});
Op& issue_on_lane(uint32_t index, const char* who, CUcontext context,
                  std::vector<Dependency> after, const Clock& known);
// Like enqueue(), for work that has something to do when it is queued, and again whenever a graph that
// holds it is launched: `prepare` does that, and gives the body.
using Body = std::function<void()>;
bool pending_use(const void* p, size_t bytes);  // does work that has not run yet touch this?
int enqueue_prepared(CUstream stream, const char* function, const char* kernel,
                     std::vector<Range> touched, std::function<Body()> prepare);
void run_until(uint32_t lane, uint32_t seq);  // with everything it comes after
bool run_one(uint32_t lane);                  // at most one op; false when there was none
void run_all(CUcontext context);              // null: everything
void host_joins(const Clock& clock);
const std::vector<Stream*>& streams_of(CUcontext context);
void drop_streams(CUcontext context);
void forget_stream_registry();
Stream& null_stream(CUcontext context);
void drop_null_stream(CUcontext context);
void forget_streams();
// Runs all work of the context and tells the host so.
int synchronize_context(CUcontext context, const char* function);
const Clock& host_clock();

// Downloads into pinned memory that have run, and that the host does not know of yet.
void deliver_later(const Op& op, void* to, const void* from, size_t bytes);
void deliver_known(const Clock& known);
void deliver_range(const void* p, size_t bytes);  // the device itself reads there
bool undelivered(const void* p, size_t bytes);
void forget_deliveries(CUcontext context);        // null: all

// Checks an access against those before it and takes note of it.
void touch(Allocation& allocation, size_t low, size_t high, bool write, const Op& op);
const Op* running_op();

// ---------------------------------------------------------------- capture and graphs

struct Node {
  std::string kernel;  // empty: not a kernel
  std::vector<size_t> after;
  std::vector<Range> ranges;
  std::function<std::function<void()>()> prepare;
  const char* who = nullptr;
  uint32_t strand = 0;  // which captured stream it came from
};

struct Graph {
  std::vector<Node> nodes;
  uint32_t strands = 1;
  CUcontext context = nullptr;
};

struct Capture {
  std::unique_ptr<Graph> graph = std::make_unique<Graph>();
  CUstream origin = nullptr;
  int mode = 0;  // 0 global, 1 thread-local, 2 relaxed
  uint64_t thread = 0;
  bool invalid = false;
  uint64_t id = 0;
  std::map<CUstream, uint32_t> strands;
};

// A call that would be unsafe while a stream captures: reports, spoils the capture, returns 900; or 0.
int forbidden_in_capture(const char* function);
// The same for a call that waits for the whole context, which no mode allows while one of its streams captures.
int context_capturing(const char* function, CUcontext context);
// For work on a stream: 0, or why it cannot be queued (901 after the capture was spoilt, 906 for the null stream).
int capture_state(const char* function, Stream& stream);
void capture_node(Stream& stream, Node node);
void spoil_capture(Capture* capture);
void forget_captures();
uint64_t this_thread();

// ---------------------------------------------------------------- odds and ends

const char* intern(const std::string& text);
std::string plain_name(const char* function);  // without _v2, _ptsz
void forget_faults();
void forget_modules();
void set_seed(uint64_t seed);
void counter_set(const char* name, uint64_t value);
uint64_t counter_get(const char* name);
double now_milliseconds();

}  // namespace emu
