// The objects a manager's server holds: numbers and arrays of every element type, and objects that
// are used by their methods (served.hpp); found by name once and by number afterwards. An object
// lives as long as it has a name, a client refers to it or a reference to it is stored; then it is
// dropped, and its number means nothing any more. It lives in the server's one thread and needs no
// lock. Creating reports failures as a Status; what the constructor of a custom class throws goes
// through.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <share/manager/protocol.hpp>
#include <share/manager/reference.hpp>
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
  protocol::ObjectKind kind{};
  std::string type = {};  ///< type code of the elements, or the name of the class
  Elements elements = {};
  std::unique_ptr<Served> served = nullptr;

  bool named = false;
  std::uint64_t holders = 0;              ///< clients that refer to it
  std::weak_ptr<const void> stored = {};  ///< alive while a reference to it is stored anywhere
  std::uint32_t generation = 0;           ///< of the objects that had this place
  bool exists = false;                    ///< else the place is free
  bool doubtful = false;                  ///< waits for drop_unreferenced()
  std::uint32_t next_doubtful = 0;

  std::size_t size() const noexcept {
    if (served) return served->size();
    return std::visit([](const auto& all) { return all.size(); }, elements);
  }
};

class ObjectTable final : public Keeper {
 public:
  /// @param first_number the number of the first object; those of others are larger.
  /// @param max_bytes of all objects together, with a flat sum for each object's own records.
  ObjectTable(std::uint64_t first_number, std::size_t max_bytes) noexcept
      : first_number_(first_number),
        host_{Room(std::min(max_bytes, std::size_t{1} << 40)), {}, {}, false} {}
  ObjectTable(const ObjectTable&) = delete;
  ObjectTable& operator=(const ObjectTable&) = delete;
  ~ObjectTable() override { closing_ = true; }

  /// Makes a zero-initialised object. @param name nullopt: none; then somebody must come to refer
  /// to it before drop_unreferenced(). Answers `object_exists`, `wrong_type` (unknown type code),
  /// `malformed` (empty name) or `too_large` (name, object, or all objects together).
  protocol::Status create(std::optional<std::string_view> name, protocol::ObjectKind kind,
                          char type_code, std::uint64_t length, std::uint64_t& number) noexcept;

  /// Makes an object of a class. Answers what make_served() does, else as above.
  protocol::Status create_served(std::optional<std::string_view> name, std::string_view class_name,
                                 Datum::List& arguments, std::uint64_t& number);

  /// False when there is no object of that name.
  bool find(std::string_view name, std::uint64_t& number) const noexcept;
  /// False when there is no object of that name; else it has none any more.
  bool remove_name(std::string_view name) noexcept;
  /// Null when there is no object of that number. Valid until the next create() or
  /// drop_unreferenced().
  Object* at(std::uint64_t number) noexcept {
    const std::uint64_t offset = number - first_number_;  // a smaller number wraps to a huge one
    const auto place = static_cast<std::uint32_t>(offset);
    if (place >= objects_.size()) return nullptr;
    Object& object = objects_[place];
    return object.exists && object.generation == offset >> 32 ? &object : nullptr;
  }

  // Who refers to what:

  /// What a stored reference keeps.
  Keep keep(std::uint64_t number) override;
  /// Whether there has ever been a reference in a value: else nobody need look for one.
  bool has_kept() const noexcept { return has_kept_; }
  /// The client refers to the object once more: it has been told of it. Takes some room. Does
  /// nothing for client 0 and, when there is no room, for any: who is told may then find the object
  /// gone.
  void hold(std::uint64_t client, std::uint64_t number) noexcept;
  /// The same for all objects that a value refers to.
  void hold_all(std::uint64_t client, const Datum& datum) noexcept;
  /// The client has dropped so many of the references that it was told.
  void release(std::uint64_t client, std::uint64_t number, std::uint64_t times) noexcept;
  void release_all(std::uint64_t client) noexcept;
  /// Drops what nothing refers to, with what only that referred to.
  void drop_unreferenced() noexcept {
    while (has_doubtful()) drop_doubtful();
  }
  bool has_doubtful() const noexcept { return first_doubtful_ != kNone; }

  /// What all objects have in common, with the memory that is left for them.
  Host& host() noexcept { return host_; }
  const Host& host() const noexcept { return host_; }
  template <class Visitor>
  void for_each_served(Visitor visit) {
    for (Object& object : objects_)
      if (object.served) visit(*object.served);
  }

 private:
  class Anchor;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  // A number must not come again while somebody may remember it; a place is given up after so many.
  static constexpr std::uint32_t kMostGenerations = UINT32_MAX >> 2;

  protocol::Status check_name(std::optional<std::string_view> name) const noexcept;
  // Throws std::bad_alloc, and then has changed nothing.
  std::uint64_t add(std::optional<std::string_view> name, Object object);
  std::uint64_t number_at(std::uint32_t place) const noexcept {
    return first_number_ + (std::uint64_t{objects_[place].generation} << 32 | place);
  }
  // Something that referred to it does so no more.
  void doubt(std::uint64_t number) noexcept;
  void drop_doubtful() noexcept;
  void refuse_waiting(std::uint64_t number) noexcept;

  std::uint64_t first_number_;
  bool closing_ = false;
  bool has_kept_ = false;
  std::uint32_t first_doubtful_ = kNone;
  Host host_;
  std::vector<Object> objects_;  // its place is the lower half of an object's number
  std::vector<std::uint32_t> free_places_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
};

}  // namespace share::manager
