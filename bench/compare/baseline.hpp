// Baselines: results under a name, kept as <store>/<name>.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sharebench {

/// Letters, digits, '.', '_' and '-', not beginning with a dot; 1 to 100 of them.
bool is_baseline_name(const std::string& name);

std::filesystem::path baseline_file(const std::filesystem::path& store, const std::string& name);

/// Copies the results; replaces an older baseline of that name only if told. @throws ResultsError.
void save_baseline(const std::filesystem::path& store, const std::string& name,
                   const std::string& results, bool replace);

/// Names in alphabetical order.
std::vector<std::string> list_baselines(const std::filesystem::path& store);

}  // namespace sharebench
