// The objects a manager's server holds: numbers and arrays of every element type, found by name
// once and by number afterwards. It lives in the server's one thread and needs no lock. Whoever
// creates an object, it lives as long as the table. Creating reports failures as a Status; nothing
// is thrown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <share/manager/protocol.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace share::manager {

/// A value is kept as an array of one element.
using Elements =
    std::variant<std::vector<std::int8_t>, std::vector<std::uint8_t>, std::vector<std::int16_t>,
                 std::vector<std::uint16_t>, std::vector<std::int32_t>, std::vector<std::uint32_t>,
                 std::vector<std::int64_t>, std::vector<std::uint64_t>, std::vector<float>,
                 std::vector<double>>;

struct Object {
  protocol::ObjectKind kind;
  char type_code;
  Elements elements;
};

class ObjectTable {
 public:
  /// @param first_number the number of the first object; the others count up from it.
  /// @param max_bytes of all objects together, with a flat sum for each object's own records.
  ObjectTable(std::uint64_t first_number, std::size_t max_bytes) noexcept
      : first_number_(first_number), free_bytes_(max_bytes) {}

  /// Makes a zero-initialised object. Answers `object_exists`, `wrong_type` (unknown type code),
  /// `malformed` (empty name) or `too_large` (name, object, or all objects together).
  protocol::Status create(std::string_view name, protocol::ObjectKind kind, char type_code,
                          std::uint64_t length, std::uint64_t& number) noexcept;

  /// False when there is no object of that name.
  bool find(std::string_view name, std::uint64_t& number) const noexcept;
  /// Null when there is no object of that number. Valid until the next create().
  Object* at(std::uint64_t number) noexcept;

 private:
  std::uint64_t first_number_;
  std::size_t free_bytes_;
  std::vector<Object> objects_;  // object i has the number first_number_ + i
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
};

}  // namespace share::manager
