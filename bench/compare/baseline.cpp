#include "bench/compare/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "bench/compare/results_file.hpp"
#include "bench/output/run_folder.hpp"

namespace sharebench {

namespace fs = std::filesystem;

bool is_baseline_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name[0] != '.' &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string::npos;
}

fs::path baseline_file(const fs::path& store, const std::string& name) {
  return store / (name + ".json");
}

void save_baseline(const fs::path& store, const std::string& name, const std::string& results,
                   bool replace) {
  if (!is_baseline_name(name))
    throw ResultsError(
        fmt::format("baseline '{}': allowed: letters, digits, '.', '_' and '-', not "
                    "beginning with a dot",
                    name));
  const ResultsFile file = load_results(results, store);  // only what compare can read
  const fs::path target = baseline_file(store, name);
  if (fs::exists(target) && !replace)
    throw ResultsError(
        fmt::format("baseline '{}' exists already ({}); allowed: another name, or "
                    "--replace",
                    name, target.string()));
  std::error_code error;
  fs::create_directories(store, error);
  if (error) throw ResultsError(fmt::format("{}: {}", store.string(), error.message()));
  std::ifstream in(file.path);
  std::ostringstream text;
  text << in.rdbuf();
  write_file(target, text.str());
}

std::vector<std::string> list_baselines(const fs::path& store) {
  std::vector<std::string> names;
  std::error_code none;  // a store that does not exist is empty
  for (const auto& entry : fs::directory_iterator(store, none))
    if (entry.path().extension() == ".json" && is_baseline_name(entry.path().stem().string()))
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sharebench
