// Streams that run late.
//
// Every stream has a lane: a queue of operations, each with a vector clock that says what comes before it. Nothing
// runs until the host has to know a result. Then the operations it needs run, with operations of unrelated lanes
// thrown in by the seeded generator.
#include <algorithm>

#include "codes.h"
#include "state.h"

namespace emu {
namespace {

std::deque<Lane>& lanes() {
  static auto* d = new std::deque<Lane>;
  return *d;
}

Clock& host() {
  static auto* c = new Clock;
  return *c;
}

std::map<CUcontext, std::unique_ptr<Stream>>& null_streams() {
  static auto* m = new std::map<CUcontext, std::unique_ptr<Stream>>;
  return *m;
}

const Op* running = nullptr;

bool ranges_hold(const Op& op) {
  for (size_t i = op.frees_first_range ? 1 : 0; i < op.ranges.size(); i++) {
    std::string text;
    if (const char* name = range_fault(op.ranges[i], text, true)) {
      error_async(CUDA_ERROR_ILLEGAL_ADDRESS, op.who, name, "%s", text.c_str());
      return false;
    }
  }
  return true;
}

void execute(Op& op) {
  Context* context = context_of(op.context);
  if (!context || context->sticky) return;  // a broken context runs nothing
  running = &op;
  if (ranges_hold(op)) {
    for (const Range& r : op.ranges) {
      if (!r.bytes) continue;
      Allocation* a = find_allocation((uintptr_t)r.p);
      touch(*a, (uintptr_t)r.p - a->base, (uintptr_t)r.p - a->base + r.bytes, r.write, op);
    }
    if (op.body) op.body();
  }
  running = nullptr;
}

bool ready(const Op& op) {
  return std::all_of(op.after.begin(), op.after.end(),
                     [](const Dependency& d) { return lane(d.lane).done >= d.seq; });
}

void step(uint32_t index) {
  Lane& l = lane(index);
  if (l.queue.empty()) return;
  uint32_t seq = l.queue.front().seq;
  std::vector<Dependency> after = l.queue.front().after;
  for (const Dependency& d : after) run_until(d.lane, d.seq);
  if (l.done >= seq) return;  // a dependency brought it along
  Op op = std::move(l.queue.front());
  l.queue.pop_front();
  execute(op);
  l.done = seq;
}

// Now and then, something that nobody waits for.
void stray() {
  if (random() % 4) return;
  uint32_t n = (uint32_t)lanes().size(), start = (uint32_t)(random() % n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t index = (start + i) % n;
    if (!lane(index).queue.empty() && ready(lane(index).queue.front())) return step(index);
  }
}

}  // namespace

void Clock::raise(uint32_t lane, uint32_t seq) {
  if (v.size() <= lane) v.resize(lane + 1, 0);
  v[lane] = std::max(v[lane], seq);
}

void Clock::join(const Clock& other) {
  if (v.size() < other.v.size()) v.resize(other.v.size(), 0);
  for (size_t i = 0; i < other.v.size(); i++) v[i] = std::max(v[i], other.v[i]);
}

Lane& lane(uint32_t index) { return lanes()[index]; }

uint32_t new_lane() {
  for (uint32_t i = 0; i < lanes().size(); i++)
    if (lane(i).free) {
      lane(i).free = false;
      return i;
    }
  lanes().emplace_back();
  return (uint32_t)lanes().size() - 1;
}

void free_lane(uint32_t index) {
  Lane& l = lane(index);
  run_until(index, l.issued);
  l.free = true;
}

const Clock& host_clock() { return host(); }
void host_joins(const Clock& clock) {
  host().join(clock);
  deliver_known(host());
}

const Op* running_op() { return running; }

Op& issue_on_lane(uint32_t index, const char* who, CUcontext context,
                  std::vector<Dependency> after, const Clock& known) {
  Lane& l = lane(index);
  while (l.queue.size() >= (size_t)setting("queue.limit", 4096)) run_one(index);
  l.clock.join(host());
  l.clock.join(known);
  l.clock.raise(index, ++l.issued);
  Op op;
  op.lane = index;
  op.seq = l.issued;
  op.clock = l.clock;
  op.who = who;
  op.context = context;
  for (const Dependency& d : after)
    if (lane(d.lane).done < d.seq) op.after.push_back(d);
  l.queue.push_back(std::move(op));
  return l.queue.back();
}

Op& issue(Stream& stream, const char* who, std::vector<Dependency> after, const Clock& known) {
  Clock clock = known;
  // The legacy stream waits for all blocking streams, and they for it.
  Stream& legacy = null_stream(stream.context);
  auto follow = [&](const Stream& other) {
    after.push_back({other.lane, lane(other.lane).issued});
    clock.join(lane(other.lane).clock);
  };
  if (&stream == &legacy) {
    for (Stream* s : streams_of(stream.context))
      if (s->blocking()) follow(*s);
  } else if (stream.blocking()) {
    follow(legacy);
  }
  return issue_on_lane(stream.lane, who, stream.context, std::move(after), clock);
}

bool pending_use(const void* p, size_t bytes) {
  if (undelivered(p, bytes)) return true;
  auto a = (uintptr_t)p;
  for (const Lane& l : lanes())
    for (const Op& op : l.queue)
      for (const Range& r : op.ranges)
        if ((uintptr_t)r.p < a + bytes && a < (uintptr_t)r.p + r.bytes) return true;
  return false;
}

bool run_one(uint32_t index) {
  if (lane(index).queue.empty()) return false;
  step(index);
  return true;
}

void run_until(uint32_t index, uint32_t seq) {
  while (lane(index).done < seq && !lane(index).queue.empty()) {
    stray();
    step(index);
  }
}

void run_all(CUcontext context) {
  for (uint32_t i = 0; i < lanes().size(); i++)
    while (!lane(i).queue.empty() && (!context || lane(i).queue.front().context == context))
      run_until(i, lane(i).queue.front().seq);
}

Stream& null_stream(CUcontext context) {
  auto& s = null_streams()[context];
  if (!s) {
    s = std::make_unique<Stream>();
    s->lane = new_lane();
    s->context = context;
  }
  return *s;
}

void drop_null_stream(CUcontext context) {
  auto it = null_streams().find(context);
  if (it == null_streams().end()) return;
  free_lane(it->second->lane);
  null_streams().erase(it);
}

void forget_streams() {
  forget_stream_registry();
  forget_deliveries(nullptr);
  lanes().clear();
  null_streams().clear();
  host() = Clock();
}

int enqueue_prepared(CUstream handle, const char* function, const char* kernel,
                     std::vector<Range> touched, std::function<Body()> prepare) {
  std::lock_guard<std::recursive_mutex> held(lock());
  Stream* s = stream_of(function, handle);
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (int code = capture_state(function, *s)) return code;
  for (const Range& r : touched)
    if (!device_range(function, r)) return CUDA_ERROR_INVALID_VALUE;
  const char* who = intern(*kernel ? kernel : function);
  if (s->capture) {
    Node node;
    node.kernel = kernel;
    node.ranges = std::move(touched);
    node.prepare = std::move(prepare);
    node.who = who;
    capture_node(*s, std::move(node));
    return 0;
  }
  if (*kernel) {
    count("launches");
    count(("kernel." + std::string(kernel)).c_str());
  }
  Body body = prepare();
  Op& op = issue(*s, who);
  op.ranges = std::move(touched);
  op.body = std::move(body);
  if (!setting("late", 1)) {
    uint32_t seq = op.seq;
    run_until(s->lane, seq);
  }
  return 0;
}

int enqueue(CUstream stream, const char* function, const char* kernel, std::vector<Range> touched,
            std::function<void()> body) {
  return enqueue_prepared(stream, function, kernel, std::move(touched),
                          [body = std::move(body)] { return body; });
}

int synchronize(CUstream handle, const char* function) {
  std::lock_guard<std::recursive_mutex> held(lock());
  Stream* s = stream_of(function, handle);
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (s->capture) {
    error(function, "illegal-in-capture", "the host cannot wait for a capturing stream");
    spoil_capture(s->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  if (int code = forbidden_in_capture(function)) return code;
  count("synchronisations");
  if (handle == nullptr) issue(*s, "synchronisation of the legacy stream");
  run_until(s->lane, lane(s->lane).issued);
  host_joins(lane(s->lane).clock);
  Context* c = context_of(s->context);
  return c ? c->sticky : 0;
}

int synchronize_context(CUcontext context, const char*) {
  std::lock_guard<std::recursive_mutex> held(lock());
  count("synchronisations");
  run_all(context);
  for (Stream* s : streams_of(context)) host_joins(lane(s->lane).clock);
  host_joins(lane(null_stream(context).lane).clock);
  Context* c = context_of(context);
  return c ? c->sticky : 0;
}

}  // namespace emu
