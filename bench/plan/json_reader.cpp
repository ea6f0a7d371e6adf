#include "bench/plan/json_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bench/plan/sweep.hpp"

namespace sharebench {

void JsonReader::fail(const std::string& allowed) const {
  std::string value = value_->dump();
  if (value.size() > 60) value = value.substr(0, 57) + "...";
  throw SweepError(fmt::format("{}: key '{}': value {} is not allowed; allowed: {}", source_,
                               path_.empty() ? "(top)" : path_, value, allowed));
}

bool JsonReader::has(const std::string& key) const {
  if (!value_->is_object()) fail("an object");
  return value_->contains(key);
}

JsonReader JsonReader::operator[](const std::string& key) const {
  const std::string path = path_.empty() ? key : path_ + "." + key;
  if (!has(key)) throw SweepError(fmt::format("{}: key '{}' is missing", source_, path));
  return {value_->at(key), source_, path};
}

std::vector<JsonReader> JsonReader::items() const {
  if (!value_->is_array()) fail("an array");
  std::vector<JsonReader> items;
  for (std::size_t i = 0; i < value_->size(); ++i)
    items.emplace_back(value_->at(i), source_, fmt::format("{}[{}]", path_, i));
  return items;
}

bool JsonReader::is_string() const { return value_->is_string(); }

bool JsonReader::boolean() const {
  if (!value_->is_boolean()) fail("true or false");
  return value_->get<bool>();
}

std::string JsonReader::text() const {
  if (!value_->is_string() || value_->get_ref<const std::string&>().empty()) fail("a text");
  return value_->get<std::string>();
}

std::uint64_t JsonReader::number(std::uint64_t min, std::uint64_t max) const {
  if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() < min ||
      value_->get<std::uint64_t>() > max)
    fail(min == max ? fmt::format("{}", min)
                    : fmt::format("a whole number from {} to {}", min, max));
  return value_->get<std::uint64_t>();
}

double JsonReader::decimal(double min, double max) const {
  const double value = value_->is_number() ? value_->get<double>() : min - 1;
  if (!(value >= min && value <= max)) fail(fmt::format("a number from {} to {}", min, max));
  return value;
}

std::string JsonReader::scalar_text() const {
  if (value_->is_string()) return value_->get<std::string>();
  return value_->dump();
}

std::string JsonReader::one_of(const std::vector<std::string>& allowed) const {
  if (!value_->is_string() ||
      std::find(allowed.begin(), allowed.end(), value_->get<std::string>()) == allowed.end())
    fail(fmt::format("{}", fmt::join(allowed, ", ")));
  return value_->get<std::string>();
}

void JsonReader::only_keys(std::initializer_list<const char*> allowed) const {
  if (!value_->is_object()) fail("an object");
  for (const auto& [key, value] : value_->items()) {
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    throw SweepError(fmt::format("{}: key '{}' with value {} is not known; allowed keys: {}",
                                 source_, path_.empty() ? key : path_ + "." + key, value.dump(),
                                 fmt::join(allowed, ", ")));
  }
}

}  // namespace sharebench
