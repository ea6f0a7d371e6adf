#include "bench/output/exports.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "bench/build_info.hpp"

namespace sharebench {
namespace {

using nlohmann::json;

bool has_time(const CellSummary& s) { return s.ns && s.cell.measure == Measure::throughput; }

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv(const RunFacts& facts, const std::vector<TrialRecord>& records,
                const std::vector<CellSummary>&) {
  std::string text =
      "started,fingerprint,git_sha,stage,block,workload,backend,procs,elements,slice,payload_bytes,"
      "layout,think_ns,critical_ns,in_flight,pin,window_ms,load_percent,idle_us,measure,valid,ns_"
      "per_op,cpu_"
      "ns_per_op,"
      "operations,overlap,fairness,of_floor,"
      "lost_updates,extra_updates,wrong_elements,corrupted,failure\r\n";
  for (const TrialRecord& record : records) {
    if (record.dropped) continue;
    const Cell& c = record.cell;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},",
                        facts.started, facts.machine.fingerprint(), build_info().git_sha,
                        csv_text(record.stage), record.block, c.workload, c.backend, c.procs,
                        c.elements, c.slice, c.payload_bytes, c.layout, c.think_ns, c.critical_ns,
                        c.in_flight, c.pin, c.window_ms, c.load_percent, c.idle_us,
                        c.measure == Measure::latency ? "latency" : "throughput");
    if (!record.result) {
      text += fmt::format("0,,,,,,,,,,,{}\r\n", csv_text(record.failure));
      continue;
    }
    const TrialResult& r = *record.result;
    const bool moved = r.rate > 0;
    const double cpu = (r.cpu_workers_seconds + r.cpu_server_seconds) * 1e9;
    text += fmt::format("{},{},{},{},{:.6g},{:.6g},{},{},{},{},{},{}\r\n", r.valid() ? 1 : 0,
                        moved ? fmt::format("{:.9g}", r.ns_per_operation()) : "",
                        moved ? fmt::format("{:.9g}", cpu / static_cast<double>(r.operations)) : "",
                        r.operations, r.overlap, r.fairness,
                        r.floor_ratio ? fmt::format("{:.9g}", *r.floor_ratio) : "", r.lost, r.extra,
                        r.wrong_elements, r.corrupted,
                        r.valid() ? "" : csv_text(r.invalid[0].code + ": " + r.invalid[0].text));
  }
  return text;
}

std::string xml_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:  // XML 1.0 has no place for control characters
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  return escaped;
}

/// Why a cell is a failed test case; empty when it is not.
std::string failure_of(const CellSummary& s, const std::vector<TrialRecord>& records) {
  if (!s.promise_kept)
    return fmt::format("promise broken: {} lost, {} extra updates, {} wrong elements, {} corrupted",
                       s.lost, s.extra, s.wrong_elements, s.corrupted);
  for (const TrialRecord& record : records)
    if (!record.dropped && !record.result && record.cell == s.cell) return record.failure;
  return "";
}

std::string junit(const RunFacts& facts, const std::vector<TrialRecord>& records,
                  const std::vector<CellSummary>& cells) {
  std::string cases;
  int failures = 0, skipped = 0;
  for (const CellSummary& s : cells) {
    double seconds = 0;
    for (const TrialRecord& record : records)
      if (record.cell == s.cell) seconds += record.seconds;
    cases += fmt::format("    <testcase classname=\"sharebench.{}\" name=\"{}\" time=\"{:.3f}\"",
                         xml_text(s.cell.workload), xml_text(full_name(s.cell)), seconds);
    if (const std::string why = failure_of(s, records); !why.empty()) {
      ++failures;
      cases += fmt::format("><failure message=\"{}\"/></testcase>\n", xml_text(why));
    } else if (s.valid == 0) {
      ++skipped;
      cases += fmt::format("><skipped message=\"no valid trial: {}\"/></testcase>\n",
                           xml_text(s.invalid.empty() ? "none ran" : s.invalid.begin()->first));
    } else {
      cases += "/>\n";
    }
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"sharebench {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" "
      "errors=\"0\" "
      "time=\"{:.3f}\" timestamp=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
      xml_text(facts.sweep.name), cells.size(), failures, skipped, facts.seconds,
      facts.started.substr(0, 19), cases);
}

std::string label_text(const std::string& text) {
  std::string escaped;
  for (const char c : text)
    escaped += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
  return escaped;
}

std::string openmetrics(const RunFacts& facts, const std::vector<TrialRecord>&,
                        const std::vector<CellSummary>& cells) {
  std::string text;
  const auto family = [&](const char* name, const char* unit, const char* help, auto value) {
    text += fmt::format("# TYPE sharebench_{0} gauge\n", name);
    if (*unit != '\0') text += fmt::format("# UNIT sharebench_{0} {1}\n", name, unit);
    text += fmt::format("# HELP sharebench_{0} {1}\n", name, help);
    for (const CellSummary& s : cells)
      if (const std::optional<double> v = value(s))
        text += fmt::format(
            "sharebench_{}{{cell=\"{}\",workload=\"{}\",backend=\"{}\",procs=\"{}\",machine=\"{}\"}"
            "} "
            "{:.9g}\n",
            name, label_text(full_name(s.cell)), label_text(s.cell.workload),
            label_text(s.cell.backend), s.cell.procs, facts.machine.fingerprint(), v.value());
  };
  using Value = std::optional<double>;
  family("operation_time_seconds", "seconds",
         "Wall time of an operation of the whole system, median",
         [](const CellSummary& s) { return has_time(s) ? Value(s.ns->median * 1e-9) : Value(); });
  family("operation_cpu_seconds", "seconds", "CPU time of an operation, servers included, median",
         [](const CellSummary& s) { return has_time(s) ? Value(s.cpu_ns * 1e-9) : Value(); });
  family(
      "of_floor_ratio", "ratio", "Time of the backend / time of the bare operation, median",
      [](const CellSummary& s) { return s.floor_ratio ? Value(s.floor_ratio->median) : Value(); });
  family("lost_updates", "", "Updates due and not found, in all trials",
         [](const CellSummary& s) { return Value(static_cast<double>(s.lost)); });
  family("promise_kept", "", "1 unless a backend that promises exact updates broke its promise",
         [](const CellSummary& s) { return Value(s.promise_kept ? 1 : 0); });
  return text + "# EOF\n";
}

std::string bencher(const RunFacts&, const std::vector<TrialRecord>&,
                    const std::vector<CellSummary>& cells) {
  json all = json::object();
  for (const CellSummary& s : cells)
    if (has_time(s))
      all[full_name(s.cell)] = {
          {"latency",
           {{"value", s.ns->median}, {"lower_value", s.ns->low}, {"upper_value", s.ns->high}}},
          {"throughput",
           {{"value", 1e9 / s.ns->median},
            {"lower_value", 1e9 / s.ns->high},
            {"upper_value", 1e9 / s.ns->low}}}};
  return all.dump(2) + "\n";
}

std::string github(const RunFacts&, const std::vector<TrialRecord>&,
                   const std::vector<CellSummary>& cells) {
  json all = json::array();
  for (const CellSummary& s : cells)
    if (has_time(s))
      all.push_back(
          {{"name", full_name(s.cell)},
           {"unit", "ns/op"},
           {"value", s.ns->median},
           {"range", fmt::format("{:.4g} .. {:.4g}", s.ns->low, s.ns->high)},
           {"extra", fmt::format("{} blocks, {:.0f} % interval, overlap {:.3f}, {} lost", s.valid,
                                 100 * s.ns->coverage, s.overlap_median, s.lost)}});
  return all.dump(2) + "\n";
}

}  // namespace

const std::vector<std::pair<std::string, Exporter>>& exporters() {
  static const std::vector<std::pair<std::string, Exporter>> list = {{"csv", csv},
                                                                     {"junit", junit},
                                                                     {"openmetrics", openmetrics},
                                                                     {"bencher", bencher},
                                                                     {"github", github}};
  return list;
}

}  // namespace sharebench
