#include <new>
#include <share/core/element.hpp>
#include <share/manager/objects.hpp>
#include <utility>

namespace share::manager {
namespace {

using protocol::Status;

// What an object costs besides its elements (name, node, vector), rounded up: makes very many empty
// objects count against the limit too.
constexpr std::size_t kObjectOverheadBytes = 512;

}  // namespace

Status ObjectTable::check_name(std::string_view name) const noexcept {
  if (name.empty()) return Status::malformed;
  if (name.size() > protocol::kMaxNameBytes) return Status::too_large;
  return numbers_.find(name) == numbers_.end() ? Status::ok : Status::object_exists;
}

std::uint64_t ObjectTable::add(std::string_view name, Object object) {
  const std::uint64_t number = first_number_ + objects_.size();
  if (objects_.size() == objects_.capacity()) objects_.reserve(2 * objects_.size() + 8);
  numbers_.emplace(name, number);
  objects_.push_back(std::move(object));  // cannot fail any more: the room is reserved
  return number;
}

Status ObjectTable::create(std::string_view name, protocol::ObjectKind kind, char type_code,
                           std::uint64_t length, std::uint64_t& number) noexcept {
  if (const Status status = check_name(name); status != Status::ok) return status;
  Status status = Status::wrong_type;
  with_type(type_code, [&]<class T>(T) {
    status = Status::too_large;
    if (host_.room.bytes() < kObjectOverheadBytes) return;
    if (length > (host_.room.bytes() - kObjectOverheadBytes) / sizeof(T)) return;
    const auto size = static_cast<std::size_t>(length);
    try {
      number = add(name, {kind, std::string(1, type_code), std::vector<T>(size)});
      if (host_.room.take(kObjectOverheadBytes + size * sizeof(T))) status = Status::ok;
    } catch (const std::bad_alloc&) {
      status = Status::too_large;  // the machine has less memory than the limit allows
    }
  });
  return status;
}

Status ObjectTable::create_served(std::string_view name, std::string_view class_name,
                                  Datum::List& arguments, std::uint64_t& number) {
  if (const Status status = check_name(name); status != Status::ok) return status;
  if (host_.room.bytes() < kObjectOverheadBytes) return Status::too_large;
  try {
    std::unique_ptr<Served> served;
    const Status status = make_served(class_name, arguments, served);
    if (status != Status::ok) return status;
    number = add(name, {.kind = protocol::ObjectKind::served,
                        .type = std::string(class_name),
                        .served = std::move(served)});
  } catch (const std::bad_alloc&) {
    return Status::too_large;
  }
  return host_.room.take(kObjectOverheadBytes) ? Status::ok : Status::too_large;
}

bool ObjectTable::find(std::string_view name, std::uint64_t& number) const noexcept {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return false;
  number = found->second;
  return true;
}

Object* ObjectTable::at(std::uint64_t number) noexcept {
  const std::uint64_t index = number - first_number_;  // a smaller number wraps to a huge index
  return index < objects_.size() ? &objects_[static_cast<std::size_t>(index)] : nullptr;
}

}  // namespace share::manager
