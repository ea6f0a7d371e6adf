// The custom class of the workload custom-increment: a number that is read, written and added to by
// methods. A server that holds one must have registered it (trial/roles.cpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sharebench {

class Tally {
 public:
  static constexpr std::string_view kClass = "sharebench.tally";
  std::int64_t get() const { return count_; }
  void set(std::int64_t count) { count_ = count; }
  /// Returns the count before.
  std::int64_t add(std::int64_t amount) { return std::exchange(count_, count_ + amount); }

 private:
  std::int64_t count_ = 0;
};

/// Calls a Tally by its methods' names. It is one value, so keys do not matter.
template <class Object>
class TallyProxy {
 public:
  explicit TallyProxy(Object object) : object_(std::move(object)) {}
  auto get(const std::string& /*key*/) const { return object_.call("get"); }
  void set(const std::string& /*key*/, std::int64_t count) { object_.call("set", {count}); }
  void add(const std::string& /*key*/, std::int64_t amount) { object_.call("add", {amount}); }

 private:
  Object object_;
};

}  // namespace sharebench
