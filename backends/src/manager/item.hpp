// What the containers of a manager do with items.
#pragma once

#include <cstdint>
#include <share/manager/served.hpp>
#include <variant>

namespace share::manager {

/// Null for what is no integer.
inline const std::int64_t* whole_number(const Datum& datum) {
  return std::get_if<std::int64_t>(&datum.content());
}

/// Takes the room for an item that is to be stored.
[[nodiscard]] protocol::Status admit(const Datum& item, Room& room);
/// The same for one that takes the place of another.
[[nodiscard]] protocol::Status admit_instead(const Datum& next, const Datum& before, Room& room);
/// before + amount, both integers or both doubles: `wrong_type` otherwise, `out_of_range` when an
/// integer does not hold it.
[[nodiscard]] protocol::Status sum_of(const Datum& before, const Datum& amount, Datum& sum);

/// Adds up a result of many items, so that none is built that no message could carry or no client
/// would decode.
class ResultSize {
 public:
  explicit ResultSize(const MethodCall& call) noexcept : most_(call.most_result_bytes) {}
  /// False when it would be too large with this item.
  [[nodiscard]] bool add(const Datum& item) noexcept {
    message_ += item.message_bytes();
    memory_ += item.memory_bytes();
    return message_ <= most_ && memory_ <= kMaxDatumMemory - sizeof(Datum);
  }

 private:
  static constexpr std::size_t kListHead = 5;
  std::size_t most_;
  std::size_t message_ = kListHead, memory_ = 0;
};

}  // namespace share::manager
