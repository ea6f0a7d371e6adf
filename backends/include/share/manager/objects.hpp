// The objects a manager's server holds: numbers and arrays of every element type, and objects that
// are used by their methods (served.hpp); found by name once and by number afterwards. It lives in
// the server's one thread and needs no lock. Whoever creates an object, it lives as long as the
// table. Creating reports failures as a Status;
// what the constructor of a custom class throws goes through.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <share/manager/protocol.hpp>
#include <share/manager/served.hpp>
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
  std::string type;  ///< type code of the elements, or the name of the class
  Elements elements = {};
  std::unique_ptr<Served> served = nullptr;

  std::size_t size() const noexcept {
    if (served) return served->size();
    return std::visit([](const auto& all) { return all.size(); }, elements);
  }
};

class ObjectTable {
 public:
  /// @param first_number the number of the first object; the others count up from it.
  /// @param max_bytes of all objects together, with a flat sum for each object's own records.
  ObjectTable(std::uint64_t first_number, std::size_t max_bytes) noexcept
      : first_number_(first_number),
        host_{Room(std::min(max_bytes, std::size_t{1} << 40)), {}, {}} {}

  /// Makes a zero-initialised object. Answers `object_exists`, `wrong_type` (unknown type code),
  /// `malformed` (empty name) or `too_large` (name, object, or all objects together).
  protocol::Status create(std::string_view name, protocol::ObjectKind kind, char type_code,
                          std::uint64_t length, std::uint64_t& number) noexcept;

  /// Makes an object of a class. Answers what make_served() does, else as above.
  protocol::Status create_served(std::string_view name, std::string_view class_name,
                                 Datum::List& arguments, std::uint64_t& number);

  /// False when there is no object of that name.
  bool find(std::string_view name, std::uint64_t& number) const noexcept;
  /// Null when there is no object of that number. Valid until the next create().
  Object* at(std::uint64_t number) noexcept;
  /// What all objects have in common, with the memory that is left for them.
  Host& host() noexcept { return host_; }
  const Host& host() const noexcept { return host_; }
  template <class Visitor>
  void for_each_served(Visitor visit) {
    for (Object& object : objects_)
      if (object.served) visit(*object.served);
  }

 private:
  protocol::Status check_name(std::string_view name) const noexcept;
  // Throws std::bad_alloc, and then has changed nothing.
  std::uint64_t add(std::string_view name, Object object);

  std::uint64_t first_number_;
  Host host_;
  std::vector<Object> objects_;  // object i has the number first_number_ + i
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
};

}  // namespace share::manager
