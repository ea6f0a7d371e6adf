// What a list does with slices: which places a slice means, reading, replacing and deleting it.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <numeric>

#include "item.hpp"
#include "list_object.hpp"

namespace share::manager {

using protocol::Status;

/// [start, stop) in steps, as Python's slices: null stands for the end that the step comes from or
/// goes to, a negative number counts from the end, one far outside for the nearer end.
Status ListObject::places_of(std::span<const Datum> ends, std::int64_t step, Places& places) const {
  if (step == 0) return Status::out_of_range;
  const auto size = static_cast<std::int64_t>(items_.size());
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  std::int64_t found[2] = {step > 0 ? low : high, step > 0 ? high : low};
  for (std::size_t i = 0; i < 2; ++i) {
    if (i >= ends.size() || ends[i].is_null()) continue;
    const std::int64_t* given = whole_number(ends[i]);
    if (given == nullptr) return Status::wrong_type;
    // A number far outside may overflow when size is added; it is clamped first.
    const std::int64_t at = std::clamp(*given, -size - 1, size);
    found[i] = std::clamp(at < 0 ? at + size : at, low, high);
  }
  // A step beyond the list ends it, whatever its size.
  const std::int64_t stride = std::clamp(step, -size - 1, size + 1);
  const std::int64_t length = stride > 0 ? found[1] - found[0] : found[0] - found[1];
  const std::int64_t stride_length = std::abs(stride);
  places = {found[0], stride, length <= 0 ? 0 : (length + stride_length - 1) / stride_length};
  return Status::ok;
}

/// Start, stop and perhaps a step.
Status ListObject::places_in_steps(std::span<const Datum> arguments, Places& places) const {
  if (arguments.size() < 3 || arguments[2].is_null()) return places_of(arguments, 1, places);
  const std::int64_t* step = whole_number(arguments[2]);
  if (step == nullptr) return Status::wrong_type;
  return places_of(arguments, *step, places);
}

Status ListObject::slice(MethodCall& call) {
  Places places;
  if (const Status status = places_in_steps(call.arguments, places); status != Status::ok)
    return status;
  Datum::List part;
  ResultSize result(call);
  for (std::int64_t i = 0; i < places.count; ++i) {
    const Datum& item = items_[places.at(i)];
    if (!result.add(item)) return Status::too_large;
    part.push_back(item);
  }
  call.result = std::move(part);
  return Status::ok;
}

/// As Python's `l[start:stop] = items`: any number of items stands there afterwards. With a step as
/// many as before, else `out_of_range`.
Status ListObject::set_slice(MethodCall& call) {
  auto* items = std::get_if<Datum::List>(&call.arguments[2].content());
  if (items == nullptr) return Status::wrong_type;
  Datum::List ends(call.arguments.begin(), call.arguments.begin() + 2);
  if (call.arguments.size() == 4) ends.push_back(call.arguments[3]);
  Places places;
  if (const Status status = places_in_steps(ends, places); status != Status::ok) return status;
  std::size_t needed = 0;
  for (const Datum& item : *items) {
    if (item.message_bytes() > kMaxItemBytes) return Status::too_large;
    needed += item.memory_bytes();
  }
  // Not the stride, which an empty list makes 1.
  const std::int64_t* step = ends.size() == 3 ? whole_number(ends[2]) : nullptr;
  if (step != nullptr && *step != 1) return replace(places, *items, needed, call.host.room);
  const auto first = items_.begin() + places.first;
  const auto last = first + places.count;
  const std::size_t before =
      std::accumulate(first, last, std::size_t{0},
                      [](std::size_t sum, const Datum& item) { return sum + item.memory_bytes(); });
  Datum::List next;  // made apart: when there is no memory for it, nothing has changed
  next.reserve(items_.size() - static_cast<std::size_t>(places.count) + items->size());
  if (!call.host.room.exchange(before, needed)) return Status::too_large;
  std::move(items_.begin(), first, std::back_inserter(next));
  std::move(items->begin(), items->end(), std::back_inserter(next));
  std::move(last, items_.end(), std::back_inserter(next));
  items_ = std::move(next);
  return Status::ok;
}

Status ListObject::replace(const Places& places, Datum::List& items, std::size_t needed,
                           Room& room) {
  if (static_cast<std::int64_t>(items.size()) != places.count) return Status::out_of_range;
  std::size_t before = 0;
  for (std::int64_t i = 0; i < places.count; ++i) before += items_[places.at(i)].memory_bytes();
  if (!room.exchange(before, needed)) return Status::too_large;
  for (std::int64_t i = 0; i < places.count; ++i) {
    items_[places.at(i)] = std::move(items[static_cast<std::size_t>(i)]);
  }
  return Status::ok;
}

Status ListObject::delete_slice(MethodCall& call) {
  Places places;
  if (const Status status = places_in_steps(call.arguments, places); status != Status::ok)
    return status;
  if (places.count == 0) return Status::ok;
  // From the least place on: what stays moves up behind it.
  const bool down = places.stride < 0;
  const auto stride = static_cast<std::size_t>(std::abs(places.stride));
  const std::size_t least = places.at(down ? places.count - 1 : 0);
  const std::size_t most = places.at(down ? 0 : places.count - 1);
  std::size_t to = least;
  for (std::size_t from = least; from < items_.size(); ++from) {
    if (from <= most && (from - least) % stride == 0) {
      call.host.room.give(items_[from].memory_bytes());
    } else {
      items_[to++] = std::move(items_[from]);
    }
  }
  items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(to), items_.end());
  give_memory_back();
  return Status::ok;
}

}  // namespace share::manager
