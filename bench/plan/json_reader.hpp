// JsonReader: a JSON value together with where it stands, so that every complaint names file, key,
// value and what is allowed. Reads only; throws SweepError.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sharebench {

class JsonReader {
 public:
  JsonReader(const nlohmann::json& value, std::string source, std::string path)
      : value_(&value), source_(std::move(source)), path_(std::move(path)) {}

  bool has(const std::string& key) const;
  /// A member that must exist.
  JsonReader operator[](const std::string& key) const;
  /// The elements of an array.
  std::vector<JsonReader> items() const;

  bool is_string() const;
  bool boolean() const;
  std::string text() const;
  double decimal(double min, double max) const;
  std::uint64_t number(std::uint64_t min, std::uint64_t max) const;
  /// A text or a whole number, as text.
  std::string scalar_text() const;
  std::string one_of(const std::vector<std::string>& allowed) const;
  /// Refuses members with any other key.
  void only_keys(std::initializer_list<const char*> allowed) const;

  [[noreturn]] void fail(const std::string& allowed) const;

 private:
  const nlohmann::json* value_;
  std::string source_, path_;
};

}  // namespace sharebench
