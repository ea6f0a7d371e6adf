#include "list_object.hpp"

#include <algorithm>
#include <iterator>

#include "item.hpp"

namespace share::manager {
namespace {

using protocol::Status;

constexpr std::size_t kSmall = 64;

}  // namespace

const Method<ListObject> ListObject::kMethods[] = {
    {"append", 1, 1, &ListObject::append},
    {"append_if_absent", 1, 1, &ListObject::append_if_absent},
    {"extend", 1, 1, &ListObject::extend},
    {"insert", 2, 2, &ListObject::insert},
    {"set", 2, 2, &ListObject::set},
    {"compare_and_set", 3, 3, &ListObject::compare_and_set},
    {"add", 2, 2, &ListObject::add},
    {"get", 1, 1, &ListObject::get},
    {"slice", 2, 3, &ListObject::slice},
    {"set_slice", 3, 4, &ListObject::set_slice},
    {"delete_slice", 2, 3, &ListObject::delete_slice},
    {"copy", 0, 0, &ListObject::copy},
    {"pop", 0, 1, &ListObject::pop},
    {"delete", 1, 1, &ListObject::erase},
    {"remove", 1, 1, &ListObject::remove},
    {"clear", 0, 0, &ListObject::clear},
    {"repeat", 1, 1, &ListObject::repeat},
    {"reverse", 0, 0, &ListObject::reverse},
    {"sort", 0, 0, &ListObject::sort},
    {"index", 1, 3, &ListObject::index},
    {"count", 1, 1, &ListObject::count},
    {"contains", 1, 1, &ListObject::contains},
    {"len", 0, 0, &ListObject::len},
};

Status ListObject::call(std::string_view method, MethodCall call) {
  return call_method<ListObject>(kMethods, *this, method, call);
}

/// `out_of_range` outside the list, `wrong_type` for what is no integer.
Status ListObject::place_of(const Datum& index, std::size_t& place) const {
  const std::int64_t* at = whole_number(index);
  if (at == nullptr) return Status::wrong_type;
  const auto size = static_cast<std::int64_t>(items_.size());
  if (*at < -size || *at >= size) return Status::out_of_range;
  place = static_cast<std::size_t>(*at < 0 ? *at + size : *at);
  return Status::ok;
}

/// size() when there is none.
std::size_t ListObject::find(const Datum& item) const {
  return static_cast<std::size_t>(std::find(items_.begin(), items_.end(), item) - items_.begin());
}

Datum ListObject::take_out(std::size_t place, Room& room) {
  room.give(items_[place].memory_bytes());
  Datum item = std::move(items_[place]);
  items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(place));
  give_memory_back();
  return item;
}

/// What is given back as room.
void ListObject::give_memory_back() {
  if (items_.capacity() > kSmall && items_.size() < items_.capacity() / 4) items_.shrink_to_fit();
}

Status ListObject::append(MethodCall& call) {
  const Status status = admit(call.arguments[0], call.host.room);
  if (status == Status::ok) items_.push_back(std::move(call.arguments[0]));
  return status;
}

Status ListObject::append_if_absent(MethodCall& call) {
  if (find(call.arguments[0]) != items_.size()) {
    call.result = false;
    return Status::ok;
  }
  call.result = true;
  return append(call);
}

Status ListObject::extend(MethodCall& call) {
  auto* more = std::get_if<Datum::List>(&call.arguments[0].content());
  if (more == nullptr) return Status::wrong_type;
  std::size_t needed = 0;
  for (const Datum& item : *more) {
    if (item.message_bytes() > kMaxItemBytes) return Status::too_large;
    needed += item.memory_bytes();
  }
  if (!call.host.room.take(needed)) return Status::too_large;
  items_.insert(items_.end(), std::make_move_iterator(more->begin()),
                std::make_move_iterator(more->end()));
  return Status::ok;
}

/// As Python's: an index outside the list stands for its nearer end.
Status ListObject::insert(MethodCall& call) {
  const std::int64_t* at = whole_number(call.arguments[0]);
  if (at == nullptr) return Status::wrong_type;
  if (const Status status = admit(call.arguments[1], call.host.room); status != Status::ok)
    return status;
  const auto size = static_cast<std::int64_t>(items_.size());
  const std::int64_t place = std::clamp<std::int64_t>(*at < 0 ? *at + size : *at, 0, size);
  items_.insert(items_.begin() + place, std::move(call.arguments[1]));
  return Status::ok;
}

Status ListObject::set(MethodCall& call) {
  std::size_t place = 0;
  if (const Status status = place_of(call.arguments[0], place); status != Status::ok) return status;
  const Status status = admit_instead(call.arguments[1], items_[place], call.host.room);
  if (status == Status::ok) items_[place] = std::move(call.arguments[1]);
  return status;
}

Status ListObject::compare_and_set(MethodCall& call) {
  std::size_t place = 0;
  if (const Status status = place_of(call.arguments[0], place); status != Status::ok) return status;
  call.result = items_[place] == call.arguments[1];
  if (!call.result.get<bool>()) return Status::ok;
  const Status status = admit_instead(call.arguments[2], items_[place], call.host.room);
  if (status == Status::ok) items_[place] = std::move(call.arguments[2]);
  return status;
}

Status ListObject::add(MethodCall& call) {
  std::size_t place = 0;
  if (const Status status = place_of(call.arguments[0], place); status != Status::ok) return status;
  Datum sum;
  if (const Status status = sum_of(items_[place], call.arguments[1], sum); status != Status::ok)
    return status;
  call.result = std::exchange(items_[place], std::move(sum));
  return Status::ok;
}

Status ListObject::get(MethodCall& call) {
  std::size_t place = 0;
  const Status status = place_of(call.arguments[0], place);
  if (status == Status::ok) call.result = items_[place];
  return status;
}

Status ListObject::copy(MethodCall& call) {
  ResultSize result(call);
  for (const Datum& item : items_)
    if (!result.add(item)) return Status::too_large;
  call.result = items_;
  return Status::ok;
}

Status ListObject::pop(MethodCall& call) {
  std::size_t place = 0;
  const Datum last = -1;
  const Datum& index = call.arguments.empty() ? last : call.arguments[0];
  if (const Status status = place_of(index, place); status != Status::ok) return status;
  call.result = take_out(place, call.host.room);
  return Status::ok;
}

Status ListObject::erase(MethodCall& call) {
  std::size_t place = 0;
  const Status status = place_of(call.arguments[0], place);
  if (status == Status::ok) take_out(place, call.host.room);
  return status;
}

Status ListObject::remove(MethodCall& call) {
  const std::size_t place = find(call.arguments[0]);
  if (place == items_.size()) return Status::no_such_item;
  take_out(place, call.host.room);
  return Status::ok;
}

Status ListObject::clear(MethodCall& call) {
  dropped(call.host.room);
  return Status::ok;
}

void ListObject::dropped(Room& room) noexcept {
  for (const Datum& item : items_) room.give(item.memory_bytes());
  Datum::List().swap(items_);
}

Status ListObject::repeat(MethodCall& call) {
  const std::int64_t* times = whole_number(call.arguments[0]);
  if (times == nullptr) return Status::wrong_type;
  if (*times <= 0) return clear(call);
  std::size_t once = 0;
  for (const Datum& item : items_) once += item.memory_bytes();
  const auto more = static_cast<std::size_t>(*times) - 1;
  if (once != 0 && more > call.host.room.bytes() / once) return Status::too_large;
  if (!call.host.room.take(once * more)) return Status::too_large;
  const std::size_t size = items_.size();
  items_.reserve(size * (more + 1));
  try {
    for (std::size_t i = 0; i < size * more; ++i) items_.push_back(items_[i]);
  } catch (...) {  // as before: no memory for the contents of one
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(size), items_.end());
    throw;
  }
  return Status::ok;
}

Status ListObject::reverse(MethodCall&) {
  std::reverse(items_.begin(), items_.end());
  return Status::ok;
}

/// Items of one type only, neither maps nor references: others have no order that means anything.
Status ListObject::sort(MethodCall&) {
  const auto same_type = [&](const Datum& item) {
    return item.content().index() == items_.front().content().index() &&
           !std::holds_alternative<Datum::Map>(item.content()) &&
           !std::holds_alternative<Reference>(item.content());
  };
  if (!std::all_of(items_.begin(), items_.end(), same_type)) return Status::wrong_type;
  std::stable_sort(items_.begin(), items_.end());
  return Status::ok;
}

Status ListObject::index(MethodCall& call) {
  Places places;
  const auto ends = std::span<const Datum>(call.arguments).subspan(1);
  if (const Status status = places_of(ends, 1, places); status != Status::ok) return status;
  const auto first = items_.begin() + places.first;
  const auto last = first + places.count;
  const auto found = std::find(first, last, call.arguments[0]);
  if (found == last) return Status::no_such_item;
  call.result = static_cast<std::int64_t>(found - items_.begin());
  return Status::ok;
}

Status ListObject::count(MethodCall& call) {
  call.result =
      static_cast<std::int64_t>(std::count(items_.begin(), items_.end(), call.arguments[0]));
  return Status::ok;
}

Status ListObject::contains(MethodCall& call) {
  call.result = find(call.arguments[0]) != items_.size();
  return Status::ok;
}

Status ListObject::len(MethodCall& call) {
  call.result = static_cast<std::int64_t>(items_.size());
  return Status::ok;
}

}  // namespace share::manager
