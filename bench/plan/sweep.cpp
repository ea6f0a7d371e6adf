#include "bench/plan/sweep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "bench/plan/json_reader.hpp"
#include "bench/plan/profiles.hpp"
#include "bench/registry/registry.hpp"
#include "bench/trial/placement.hpp"

namespace sharebench {
namespace {

constexpr std::uint64_t kMaxBlocks = 10'000;
constexpr std::uint32_t kMaxWorkNs = 10'000'000, kMaxWindowMs = 60'000, kMaxIdleUs = 1'000'000,
                        kMaxInFlight = 1024;
constexpr std::uint32_t kMaxPayload = 64 * 1024;  // what a remote call may well carry
constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 40, kMaxMilliseconds = 600'000;

bool is_number(const std::string& text, std::uint64_t max) {
  return !text.empty() && text.size() < 19 &&
         text.find_first_not_of("0123456789") == std::string::npos && std::stoull(text) >= 1 &&
         std::stoull(text) <= max;
}

/// An axis: an array of whole numbers and of the words given.
std::vector<std::string> read_axis(const JsonReader& at, std::uint64_t max,
                                   const std::vector<std::string>& words) {
  const std::string allowed = fmt::format("whole numbers from 1 to {}{}{}", max,
                                          words.empty() ? "" : " or ", fmt::join(words, ", "));
  std::vector<std::string> values;
  for (const JsonReader& item : at.items()) {
    const std::string text = item.scalar_text();
    if (!is_number(text, max) && std::find(words.begin(), words.end(), text) == words.end())
      item.fail(allowed);
    values.push_back(text);
  }
  if (values.empty()) at.fail("at least one of " + allowed);
  return values;
}

/// "all": those that have the objects of the workload, and those that this build lacks.
std::vector<std::string> read_backends(const JsonReader& at, const std::string& workload) {
  std::vector<std::string> known = backend_names();
  if (at.is_string()) {
    at.one_of({"all"});
    std::erase_if(known, [&](const std::string& name) {
      return in_this_build(name) && !has_pairing(workload, name);
    });
    return known;
  }
  std::vector<std::string> names;
  for (const JsonReader& item : at.items()) names.push_back(item.one_of(known));
  if (names.empty()) at.fail("at least one backend, or \"all\"");
  return names;
}

void read_words(const JsonReader& at, const char* key, bool (*allowed)(const std::string&),
                const char* what, std::vector<std::string>& to) {
  if (!at.has(key)) return;
  to.clear();
  for (const JsonReader& item : at[key].items()) {
    if (!allowed(item.scalar_text())) item.fail(what);
    to.push_back(item.scalar_text());
  }
  if (to.empty()) at[key].fail(fmt::format("at least one: {}", what));
}

CellAxes read_axes(const JsonReader& at) {
  at.only_keys({"workload", "backends", "procs", "elements", "slices", "payload_bytes", "layout",
                "think_ns", "critical_ns", "in_flight", "pin", "window_ms", "load_percent",
                "idle_us"});
  CellAxes axes;
  std::vector<std::string> workloads;
  for (const WorkloadInfo& info : all_workloads()) workloads.push_back(info.name);
  axes.workload = at["workload"].one_of(workloads);
  axes.backends = read_backends(at["backends"], axes.workload);
  axes.procs = read_axis(at["procs"], kMaxProcs, {"cores", "2*cores"});
  const WorkloadInfo& workload = *find_workload(axes.workload);
  const auto no_such_axis = [&](const char* key) {
    at[key].fail("nothing: workload " + axes.workload + " has no such axis");
  };
  if (workload.has_elements) {
    axes.elements = read_axis(at["elements"], kMaxElements, {"l2", "beyond-llc"});
    axes.slices = read_axis(at["slices"], kMaxElements, {"all"});
  } else {
    for (const char* key : {"elements", "slices"})
      if (at.has(key)) no_such_axis(key);
  }
  for (const auto& [key, axis, min, max] :
       {std::tuple{"payload_bytes", &axes.payload_bytes, 8u, kMaxPayload},
        std::tuple{"think_ns", &axes.think_ns, 0u, kMaxWorkNs},
        std::tuple{"critical_ns", &axes.critical_ns, 0u, kMaxWorkNs},
        std::tuple{"in_flight", &axes.in_flight, 1u, kMaxInFlight},
        std::tuple{"window_ms", &axes.window_ms, 10u, kMaxWindowMs},
        std::tuple{"load_percent", &axes.load_percent, 0u, 100u},
        std::tuple{"idle_us", &axes.idle_us, 0u, kMaxIdleUs}}) {
    if (!at.has(key) && !(axis == &axes.payload_bytes && workload.has_payload)) continue;
    if (axis == &axes.think_ns && workload.has_elements) no_such_axis(key);
    if (axis == &axes.critical_ns && !workload.has_critical) no_such_axis(key);
    if (axis == &axes.payload_bytes && !workload.has_payload) no_such_axis(key);
    if (axis == &axes.in_flight && !workload.has_in_flight) no_such_axis(key);
    axis->clear();
    for (const JsonReader& item : at[key].items()) {
      axis->push_back(static_cast<std::uint32_t>(item.number(min, max)));
      if (axis == &axes.payload_bytes && axis->back() % sizeof(std::int64_t) != 0)
        item.fail("a multiple of 8");
    }
    if (axis->empty()) at[key].fail("at least one number");
  }
  read_words(at, "layout", is_layout, "\"packed\", 64 or 128", axes.layout);
  read_words(at, "pin", is_placement, "\"none\", \"compact\", \"scatter\" or CPUs like \"0+1\"",
             axes.pin);
  return axes;
}

Stage read_stage(const JsonReader& at) {
  at.only_keys({"name", "blocks", "min_blocks", "max_noise_percent", "ranked", "floors", "measure",
                "cells"});
  Stage stage;
  stage.name = at["name"].text();
  stage.blocks = static_cast<std::uint32_t>(at["blocks"].number(1, kMaxBlocks));
  if (at.has("min_blocks"))
    stage.min_blocks = static_cast<std::uint32_t>(at["min_blocks"].number(0, stage.blocks));
  if (at.has("max_noise_percent"))
    stage.max_noise = at["max_noise_percent"].decimal(0.1, 100) / 100;
  if (at.has("ranked")) stage.ranked = at["ranked"].boolean();
  if (at.has("floors")) stage.floors = at["floors"].boolean();
  if (at.has("measure") && at["measure"].one_of({"throughput", "latency"}) == "latency")
    stage.measure = Measure::latency;
  for (const JsonReader& cells : at["cells"].items()) {
    stage.cells.push_back(read_axes(cells));
    for (const char* key : {"load_percent", "idle_us"})
      if (cells.has(key) && stage.measure != Measure::latency)
        cells[key].fail("nothing: only stages with \"measure\": \"latency\" have this axis");
  }
  return stage;
}

Timing read_timing(const JsonReader& at) {
  at.only_keys({"warmup_min_ms", "warmup_max_ms", "window_ms", "oversubscribed_window_ms",
                "floor_window_ms", "latency_window_ms", "remote_min_calls"});
  Timing t;
  const auto read = [&](const char* key, std::uint32_t& to, std::uint64_t min) {
    if (at.has(key)) to = static_cast<std::uint32_t>(at[key].number(min, kMaxMilliseconds));
  };
  read("warmup_min_ms", t.warmup_min, 0);
  read("warmup_max_ms", t.warmup_max, 0);
  read("window_ms", t.window, 10);
  read("oversubscribed_window_ms", t.oversubscribed_window, 10);
  read("floor_window_ms", t.floor_window, 10);
  read("latency_window_ms", t.latency_window, 10);
  read("remote_min_calls", t.remote_min_calls, 1);
  if (t.warmup_max < t.warmup_min)
    at.fail(fmt::format("warmup_max_ms of at least warmup_min_ms ({} and {} here)", t.warmup_max,
                        t.warmup_min));
  return t;
}

}  // namespace

Sweep parse_sweep(const std::string& text, const std::string& source) {
  const nlohmann::json parsed = [&] {
    try {
      return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
      throw SweepError(fmt::format("{}: not JSON: {}", source, error.what()));
    }
  }();
  const JsonReader root(parsed, source, "");
  root.only_keys(
      {"schema", "name", "budget_seconds", "seed", "order", "repeats", "timing", "stages"});
  root["schema"].number(1, 1);
  Sweep sweep;
  sweep.name = root["name"].text();
  if (root.has("budget_seconds"))
    sweep.budget_seconds = static_cast<double>(root["budget_seconds"].number(0, 10'000'000));
  if (root.has("seed")) sweep.seed = root["seed"].number(0, std::uint64_t{1} << 53);
  if (root.has("order")) sweep.shuffled = root["order"].one_of({"random", "fixed"}) == "random";
  if (root.has("repeats"))
    sweep.repeats = static_cast<std::uint32_t>(root["repeats"].number(0, 10));
  if (root.has("timing")) sweep.timing = read_timing(root["timing"]);
  for (const JsonReader& stage : root["stages"].items()) {
    sweep.stages.push_back(read_stage(stage));
    const auto same =
        std::count_if(sweep.stages.begin(), sweep.stages.end(),
                      [&](const Stage& other) { return other.name == sweep.stages.back().name; });
    if (same > 1) stage["name"].fail("a name that no other stage has");
  }
  if (sweep.stages.empty()) root["stages"].fail("at least one stage");
  return sweep;
}

nlohmann::json to_json(const Sweep& sweep) {
  nlohmann::json stages = nlohmann::json::array();
  for (const Stage& stage : sweep.stages) {
    nlohmann::json cells = nlohmann::json::array();
    for (const CellAxes& axes : stage.cells) {
      nlohmann::json cell = {
          {"workload", axes.workload}, {"backends", axes.backends}, {"procs", axes.procs}};
      if (!axes.elements.empty())
        cell.update({{"elements", axes.elements}, {"slices", axes.slices}});
      const CellAxes plain;
      if (axes.payload_bytes != plain.payload_bytes) cell["payload_bytes"] = axes.payload_bytes;
      if (axes.layout != plain.layout) cell["layout"] = axes.layout;
      if (axes.think_ns != plain.think_ns) cell["think_ns"] = axes.think_ns;
      if (axes.critical_ns != plain.critical_ns) cell["critical_ns"] = axes.critical_ns;
      if (axes.in_flight != plain.in_flight) cell["in_flight"] = axes.in_flight;
      if (axes.pin != plain.pin) cell["pin"] = axes.pin;
      if (axes.window_ms != plain.window_ms) cell["window_ms"] = axes.window_ms;
      if (axes.load_percent != plain.load_percent) cell["load_percent"] = axes.load_percent;
      if (axes.idle_us != plain.idle_us) cell["idle_us"] = axes.idle_us;
      cells.push_back(cell);
    }
    stages.push_back({{"name", stage.name},
                      {"blocks", stage.blocks},
                      {"min_blocks", stage.min_blocks},
                      {"ranked", stage.ranked},
                      {"floors", stage.floors},
                      {"measure", stage.measure == Measure::latency ? "latency" : "throughput"},
                      {"cells", cells}});
    if (stage.max_noise > 0) stages.back()["max_noise_percent"] = 100 * stage.max_noise;
  }
  return {{"schema", 1},
          {"name", sweep.name},
          {"budget_seconds", static_cast<std::uint64_t>(sweep.budget_seconds)},
          {"seed", sweep.seed},
          {"order", sweep.shuffled ? "random" : "fixed"},
          {"repeats", sweep.repeats},
          {"timing", to_json(sweep.timing)},
          {"stages", stages}};
}

nlohmann::json to_json(const Timing& t) {
  return {{"warmup_min_ms", t.warmup_min},
          {"warmup_max_ms", t.warmup_max},
          {"window_ms", t.window},
          {"oversubscribed_window_ms", t.oversubscribed_window},
          {"floor_window_ms", t.floor_window},
          {"latency_window_ms", t.latency_window},
          {"remote_min_calls", t.remote_min_calls}};
}

Timing parse_timing(const nlohmann::json& json, const std::string& source) {
  return read_timing(JsonReader(json, source, "timing"));
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const BuiltInProfile& profile : kProfiles) names.emplace_back(profile.name);
  return names;
}

Sweep load_profile(const std::string& name) {
  for (const BuiltInProfile& profile : kProfiles)
    if (profile.name == name) return parse_sweep(std::string(profile.text), "profile " + name);
  throw SweepError(fmt::format("--profile {}: no such profile; allowed: {}", name,
                               fmt::join(profile_names(), ", ")));
}

Sweep load_sweep_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw SweepError(fmt::format("--sweep {}: {}", path, std::strerror(errno)));
  std::ostringstream text;
  text << in.rdbuf();
  return parse_sweep(text.str(), path);
}

}  // namespace sharebench
