// Graphs made by capture: instantiation and launch.
//
// A launch puts the nodes on lanes of their own, one for each captured stream, so that branches of a graph run late, in
// seeded order and under the race check just as streams do.
#include "api.h"

namespace {

using emu::Graph;
using emu::Node;
using emu::Stream;

struct Executable {
  Graph graph;
  std::vector<uint32_t> lanes;  // of strands 1, 2, ...
  uint32_t last_lane = 0, last_seq = 0;
  emu::Clock last_clock;
};

CUresult instantiate(const char* fn, void** out, void* handle) {
  auto* g = emu::payload<Graph>(fn, "graph", handle);
  if (!g) return CUDA_ERROR_INVALID_HANDLE;
  auto* e = new Executable;
  e->graph.nodes = g->nodes;
  e->graph.strands = g->strands;
  e->graph.context = g->context;
  for (uint32_t i = 1; i < g->strands; i++) e->lanes.push_back(emu::new_lane());
  *out = emu::create_handle("executable graph", e);
  emu::count("graph_instantiations");
  return CUDA_SUCCESS;
}

bool ranges_live(const char* fn, const Graph& g) {
  for (const Node& n : g.nodes)
    for (const emu::Range& r : n.ranges)
      if (!emu::device_range(fn, r)) return false;
  return true;
}

void count_node(const Node& n) {
  emu::count("graph_nodes");
  if (n.kernel.empty()) return;
  emu::count("graph_kernels");
  emu::count(("kernel." + n.kernel).c_str());
}

void launch(const char* fn, Executable& e, Stream& s) {
  // One launch of an executable graph at a time: this one comes after the one before.
  std::vector<emu::Dependency> after;
  if (e.last_seq) after.push_back({e.last_lane, e.last_seq});
  const char* who = emu::intern(fn);
  emu::Op& first = emu::issue(s, who, after, e.last_clock);
  emu::Dependency start{first.lane, first.seq};
  emu::Clock start_clock = first.clock;
  std::vector<emu::Dependency> places;
  std::vector<emu::Clock> clocks;
  emu::Clock all = start_clock;
  for (const Node& n : e.graph.nodes) {
    std::vector<emu::Dependency> deps = {start};
    emu::Clock known = start_clock;
    for (size_t d : n.after) {
      deps.push_back(places[d]);
      known.join(clocks[d]);
    }
    uint32_t lane = n.strand ? e.lanes[n.strand - 1] : s.lane;
    emu::Body body = n.prepare();
    emu::Op& op = emu::issue_on_lane(lane, n.who, s.context, deps, known);
    op.ranges = n.ranges;
    op.body = std::move(body);
    places.push_back({op.lane, op.seq});
    clocks.push_back(op.clock);
    all.join(op.clock);
    count_node(n);
  }
  emu::Op& last = emu::issue(s, who, places, all);
  e.last_lane = last.lane;
  e.last_seq = last.seq;
  e.last_clock = last.clock;
}

}  // namespace

CUAPI cuGraphInstantiateWithFlags(void** out, void* graph, unsigned long long) {
  EMU_ENTER("cuGraphInstantiateWithFlags");
  return instantiate(fn, out, graph);
}

CUAPI cuGraphUpload(void* exec, CUstream stream) {
  EMU_ENTER("cuGraphUpload");
  if (!emu::payload<Executable>(fn, "executable graph", exec)) return CUDA_ERROR_INVALID_HANDLE;
  return emu::check_stream(fn, stream) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUAPI cuGraphLaunch(void* exec, CUstream stream) {
  EMU_ENTER("cuGraphLaunch");
  auto* e = emu::payload<Executable>(fn, "executable graph", exec);
  Stream* s = e ? emu::stream_of(fn, stream) : nullptr;
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (int code = emu::capture_state(fn, *s)) return code;
  if (s->capture) {
    emu::error(fn, "illegal-in-capture", "the emulator has no graphs inside graphs");
    emu::spoil_capture(s->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  if (!ranges_live(fn, e->graph)) return CUDA_ERROR_INVALID_VALUE;
  emu::count("graph_launches");
  launch(fn, *e, *s);
  return CUDA_SUCCESS;
}

CUAPI cuGraphExecDestroy(void* exec) {
  EMU_ENTER_RELEASE("cuGraphExecDestroy", exec);
  auto* e = static_cast<Executable*>(emu::destroy_handle(fn, "executable graph", exec));
  if (!e) return CUDA_ERROR_INVALID_HANDLE;
  if (e->last_seq) emu::run_until(e->last_lane, e->last_seq);
  for (uint32_t lane : e->lanes) emu::free_lane(lane);
  delete e;
  return CUDA_SUCCESS;
}

CUAPI cuGraphDestroy(void* graph) {
  EMU_ENTER_RELEASE("cuGraphDestroy", graph);
  auto* g = static_cast<Graph*>(emu::destroy_handle(fn, "graph", graph));
  delete g;
  return g ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

// How many nodes; the nodes themselves have no handles here.
CUAPI cuGraphGetNodes(void* graph, void** nodes, size_t* n) {
  EMU_ENTER("cuGraphGetNodes");
  auto* g = emu::payload<Graph>(fn, "graph", graph);
  if (!g) return CUDA_ERROR_INVALID_HANDLE;
  if (nodes) {
    emu::error(fn, "not-implemented", "the emulator gives the number of nodes only");
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  *n = g->nodes.size();
  return CUDA_SUCCESS;
}
