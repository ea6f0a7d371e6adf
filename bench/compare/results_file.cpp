#include "bench/compare/results_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/compare/baseline.hpp"

namespace sharebench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path find_file(const std::string& what, const fs::path& store) {
  fs::path path(what);
  if (fs::is_directory(path)) {
    if (fs::exists(path / "results.json")) return path / "results.json";
    throw ResultsError(
        fmt::format("{}: holds no results.json; allowed: the folder of a finished run", what));
  }
  if (fs::exists(path)) return path;
  if (is_baseline_name(what) && fs::exists(baseline_file(store, what)))
    return baseline_file(store, what);
  throw ResultsError(fmt::format(
      "{}: no such file, run folder or baseline (of {}; see `sharebench baseline list`)", what,
      store.string()));
}

void read_rows(const json& rows, ResultsFile& file) {
  for (const json& row : rows) {
    if (row.at("run_type") != "iteration") continue;
    const auto cell =
        std::find_if(file.cells.begin(), file.cells.end(), [&](const MeasuredCell& c) {
          return c.name == row.at("run_name").get_ref<const std::string&>();
        });
    if (cell == file.cells.end()) continue;
    const auto block = row.at("block").get<std::uint32_t>();
    const auto ns = row.at("real_time").get<double>();
    if (!(ns > 0))
      throw ResultsError(
          fmt::format("{}: {}: real_time is {}; allowed: above 0", file.path, cell->name, ns));
    cell->ns[block] = ns;
    if (row.contains("of_floor")) cell->of_floor[block] = row.at("of_floor").get<double>();
  }
}

}  // namespace

const MeasuredCell* ResultsFile::find(const std::string& name) const {
  for (const MeasuredCell& cell : cells)
    if (cell.name == name) return &cell;
  return nullptr;
}

ResultsFile load_results(const std::string& what, const fs::path& store) {
  ResultsFile file;
  file.path = find_file(what, store).string();
  std::ifstream in(file.path);
  if (!in) throw ResultsError(fmt::format("{}: cannot be read", file.path));
  try {
    const json all = json::parse(in);
    const json& ours = all.at("sharebench");
    if (ours.at("schema") != 1)
      throw ResultsError(
          fmt::format("{}: key 'sharebench.schema': value {} is not allowed; allowed: "
                      "1",
                      file.path, ours.at("schema").dump()));
    ours.at("fingerprint").get_to(file.fingerprint);
    const json& machine = ours.at("machine");
    file.machine =
        fmt::format("{} ({} cores, kernel {})", machine.at("cpu").get<std::string>(),
                    machine.at("cores").get<int>(), machine.at("kernel").get<std::string>());
    ours.at("git").at("sha").get_to(file.git_sha);
    ours.at("partial").get_to(file.partial);
    all.at("context").at("date").get_to(file.started);
    if (ours.contains("trust")) ours.at("trust").at("verdict").get_to(file.trust);
    for (const json& cell : ours.at("cells")) {
      MeasuredCell measured;
      cell.at("name").get_to(measured.name);
      cell.at("promise_kept").get_to(measured.promise_kept);
      if (!cell.at("ns_per_op").is_null())
        cell.at("ns_per_op").at("median").get_to(measured.median_ns);
      file.cells.push_back(std::move(measured));
    }
    read_rows(all.at("benchmarks"), file);
  } catch (const json::exception& error) {
    throw ResultsError(
        fmt::format("{}: not the results of sharebench: {}", file.path, error.what()));
  }
  return file;
}

}  // namespace sharebench
