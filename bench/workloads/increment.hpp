// increment: every worker adds 1 to one shared 64-bit counter.
// Operation: counter.add(1). Verification: the counter holds exactly the additions done.
// Cost: one cache line that moves between the cores; every operation conflicts with every other.
// With work inside the update (critical) it is counter.update(), with work between the calls
// (think) the counter rests meanwhile.
#pragma once

#include <cstdint>
#include <numeric>
#include <share/core/error.hpp>
#include <utility>

#include "bench/floors/floor.hpp"
#include "bench/workloads/in_flight.hpp"
#include "bench/workloads/sampled_calls.hpp"
#include "bench/workloads/work.hpp"

namespace sharebench {

inline constexpr const char* kCounterName = "counter";

template <share::Backend B>
class IncrementTask final : public Task {
 public:
  explicit IncrementTask(const TaskParameters& parameters)
      : backend_(B::open(parameters.address)),
        counter_(backend_.template value<std::int64_t>(kCounterName)),
        floor_(counter_, parameters.floor_address, parameters.in_flight),
        in_flight_(backend_, parameters.in_flight),
        think_(parameters.think_units),
        critical_(parameters.critical_units) {
    if (critical_ != 0 && !kTakesCode)
      throw share::Error("this backend takes no code into its update");
  }

  static void make_objects(typename B::Owner& owner, std::uint64_t /*elements*/) {
    owner.template add_value<std::int64_t>(kCounterName);
  }
  static constexpr bool kHasFloor = IncrementFloor<B>::kExists;
  static constexpr FloorService kFloorService = IncrementFloor<B>::kService;
  static constexpr bool kFloorPipelines = IncrementFloor<B>::kPipelines;
  static constexpr bool kPipelines = sharebench::kPipelines<B>;

  void prepare() override { counter_.store(0); }
  void run(std::uint64_t calls) override {
    if (in_flight_.several()) {
      for (std::uint64_t i = 0; i < calls; ++i) send_next();
    } else {
      for (std::uint64_t i = 0; i < calls; ++i) counter_.add(1);
    }
    applied_ += calls;
  }
  void finish() override {
    in_flight_.finish();
    if constexpr (kFloorPipelines) floor_.finish();
  }
  void run_with_work(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) call_with_work();
    applied_ += calls;
  }
  bool has_floor() const override { return kHasFloor; }
  void run_floor(std::uint64_t calls) override {
    floor_.run(calls);
    if (IncrementFloor<B>::kSameObject) applied_ += calls;
  }
  std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) override {
    const std::uint64_t done = sample_calls(calls, sampling, to, [this] { call_with_work(); });
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
  using Counter = decltype(std::declval<B&>().template value<std::int64_t>(""));

 public:
  static constexpr bool kTakesCode = share::UpdatableCounter<Counter, std::int64_t>;

 private:
  void send_next() {
    if constexpr (kPipelines) in_flight_.pipeline().add(counter_, std::int64_t{1});
  }
  void call_with_work() {
    if (in_flight_.several()) {
      send_next();
    } else if constexpr (kTakesCode) {
      if (critical_ != 0)
        counter_.update([this](std::int64_t x) {
          work(critical_);
          return x + 1;
        });
      else
        counter_.add(1);
    } else {
      counter_.add(1);
    }
    work(think_);
  }

  B backend_;
  Counter counter_;
  IncrementFloor<B> floor_;
  InFlight<B> in_flight_;
  std::uint32_t think_, critical_;
  std::uint64_t applied_ = 0;
};

}  // namespace sharebench
