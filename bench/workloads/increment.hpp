// increment: every worker adds 1 to one shared 64-bit counter.
// Operation: counter.add(1). Verification: the counter holds exactly the additions done.
// Cost: one cache line that moves between the cores; every operation conflicts with every other.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>

#include "bench/floors/floor.hpp"
#include "bench/workloads/sampled_calls.hpp"

namespace sharebench {

inline constexpr const char* kCounterName = "counter";

template <share::Backend B>
class IncrementTask final : public Task {
 public:
  explicit IncrementTask(const TaskParameters& parameters)
      : backend_(B::open(parameters.address)),
        counter_(backend_.template value<std::int64_t>(kCounterName)),
        floor_(counter_, parameters.floor_address) {}

  static void make_objects(typename B::Owner& owner, std::uint64_t /*elements*/) {
    owner.template add_value<std::int64_t>(kCounterName);
  }
  static constexpr bool kHasFloor = IncrementFloor<B>::kExists;
  static constexpr bool kFloorNeedsServer = IncrementFloor<B>::kNeedsServer;

  void prepare() override { counter_.store(0); }
  void run(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) counter_.add(1);
    applied_ += calls;
  }
  bool has_floor() const override { return kHasFloor; }
  void run_floor(std::uint64_t calls) override {
    floor_.run(calls);
    if (IncrementFloor<B>::kSameObject) applied_ += calls;
  }
  std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) override {
    const std::uint64_t done = sample_calls(calls, sampling, to, [this] { counter_.add(1); });
    applied_ += done;
    return done;
  }
  std::uint64_t operations_per_call() const override { return 1; }
  std::uint64_t applied_calls() const override { return applied_; }

  Verification verify(const std::vector<std::uint64_t>& applied) override {
    Verification found;
    if (B::traits.updates == share::Updates::none) return found;
    const auto due = std::accumulate(applied.begin(), applied.end(), std::uint64_t{0});
    const auto is = static_cast<std::uint64_t>(counter_.load());
    if (is < due) found.lost = due - is;
    if (is > due) found.extra = is - due;
    return found;
  }

 private:
  B backend_;
  decltype(std::declval<B&>().template value<std::int64_t>("")) counter_;
  IncrementFloor<B> floor_;
  std::uint64_t applied_ = 0;
};

}  // namespace sharebench
