#include "item.hpp"

namespace share::manager {

using protocol::Status;

Status admit(const Datum& item, Room& room) {
  if (item.message_bytes() > kMaxItemBytes) return Status::too_large;
  return room.take(item.memory_bytes()) ? Status::ok : Status::too_large;
}

Status admit_instead(const Datum& next, const Datum& before, Room& room) {
  if (next.message_bytes() > kMaxItemBytes) return Status::too_large;
  return room.exchange(before.memory_bytes(), next.memory_bytes()) ? Status::ok : Status::too_large;
}

Status sum_of(const Datum& before, const Datum& amount, Datum& sum) {
  const auto* whole = std::get_if<std::int64_t>(&before.content());
  const auto* by = std::get_if<std::int64_t>(&amount.content());
  if (whole != nullptr && by != nullptr) {
    std::int64_t result = 0;
    if (__builtin_add_overflow(*whole, *by, &result)) return Status::out_of_range;
    sum = result;
    return Status::ok;
  }
  const auto* real = std::get_if<double>(&before.content());
  const auto* real_by = std::get_if<double>(&amount.content());
  if (real == nullptr || real_by == nullptr) return Status::wrong_type;
  sum = *real + *real_by;
  return Status::ok;
}

}  // namespace share::manager
