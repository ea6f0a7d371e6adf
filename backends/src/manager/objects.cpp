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

Status ObjectTable::check_name(std::optional<std::string_view> name) const noexcept {
  if (!name) return Status::ok;
  if (name->empty()) return Status::malformed;
  if (name->size() > protocol::kMaxNameBytes) return Status::too_large;
  return numbers_.find(*name) == numbers_.end() ? Status::ok : Status::object_exists;
}

std::uint64_t ObjectTable::add(std::optional<std::string_view> name, Object object) {
  if (free_places_.empty() && objects_.size() == objects_.capacity()) {
    const std::size_t places = 2 * objects_.size() + 8;
    free_places_.reserve(places);  // so that dropping needs no memory
    objects_.reserve(places);
  }
  const auto place =
      free_places_.empty() ? static_cast<std::uint32_t>(objects_.size()) : free_places_.back();
  if (place == objects_.size()) objects_.emplace_back();
  object.generation = objects_[place].generation;
  object.exists = true;
  object.named = name.has_value();
  const std::uint64_t number = number_at(place);
  try {
    if (name) numbers_.emplace(*name, number);
  } catch (...) {
    if (free_places_.empty()) objects_.pop_back();
    throw;
  }
  if (!free_places_.empty()) free_places_.pop_back();
  objects_[place] = std::move(object);
  if (!name) doubt(number);
  return number;
}

Status ObjectTable::create(std::optional<std::string_view> name, protocol::ObjectKind kind,
                           char type_code, std::uint64_t length, std::uint64_t& number) noexcept {
  if (const Status status = check_name(name); status != Status::ok) return status;
  Status status = Status::wrong_type;
  with_type(type_code, [&]<class T>(T) {
    status = Status::too_large;
    if (host_.room.bytes() < kObjectOverheadBytes) return;
    if (length > (host_.room.bytes() - kObjectOverheadBytes) / sizeof(T)) return;
    const auto size = static_cast<std::size_t>(length);
    try {
      number =
          add(name,
              {.kind = kind, .type = std::string(1, type_code), .elements = std::vector<T>(size)});
      if (host_.room.take(kObjectOverheadBytes + size * sizeof(T))) status = Status::ok;
    } catch (const std::bad_alloc&) {
      status = Status::too_large;  // the machine has less memory than the limit allows
    }
  });
  return status;
}

Status ObjectTable::create_served(std::optional<std::string_view> name, std::string_view class_name,
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

bool ObjectTable::remove_name(std::string_view name) noexcept {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return false;
  const std::uint64_t number = found->second;
  numbers_.erase(found);
  at(number)->named = false;
  doubt(number);
  return true;
}

void ObjectTable::doubt(std::uint64_t number) noexcept {
  Object* object = closing_ ? nullptr : at(number);
  if (object == nullptr || object->doubtful) return;
  object->doubtful = true;
  object->next_doubtful =
      std::exchange(first_doubtful_, static_cast<std::uint32_t>(number - first_number_));
}

void ObjectTable::drop_doubtful() noexcept {
  const std::uint32_t place = first_doubtful_;
  Object& object = objects_[place];
  first_doubtful_ = object.next_doubtful;
  object.doubtful = false;
  if (object.named || object.holders > 0 || !object.stored.expired()) return;
  if (object.served) refuse_waiting(number_at(place));
  // What goes with it may refer to others, which come into doubt: after the place is in order.
  const Object dropped = std::exchange(object, Object{.generation = object.generation + 1});
  if (object.generation < kMostGenerations) free_places_.push_back(place);
  host_.room.give(kObjectOverheadBytes);
  if (dropped.served) return dropped.served->dropped(host_.room);
  host_.room.give(
      std::visit([](const auto& all) { return all.size() * sizeof(all[0]); }, dropped.elements));
}

void ObjectTable::refuse_waiting(std::uint64_t number) noexcept {
  while (const auto caller = host_.waits.call_for(number)) {
    try {
      host_.waits.answer(*caller, Status::no_such_object);
    } catch (const std::bad_alloc&) {
      host_.waits.forget(*caller);  // its client's deadline tells it
    }
  }
}

}  // namespace share::manager
