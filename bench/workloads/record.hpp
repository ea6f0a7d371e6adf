// record: every worker adds 1 to each field of one shared record of 64-bit numbers; the whole
// record is one call and one critical section. Operation: one updated record. Verification: each
// field holds exactly the updates done. Cost: as increment, and the more the larger the record is
// that moves between the cores or through the server's memory (axis payload_bytes).
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <share/contract.hpp>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/floors/floor_service.hpp"
#include "bench/workloads/sampled_calls.hpp"
#include "bench/workloads/task.hpp"
#include "bench/workloads/work.hpp"

namespace sharebench {

inline constexpr const char* kRecordName = "record";

/// The operation as backends take it (share::ElementOperation).
struct AddOne {
  static constexpr std::string_view name = "sharebench.add_one";
  std::int64_t operator()(std::int64_t x) const noexcept { return x + 1; }
  void operator()(std::span<std::int64_t> fields) const noexcept {
    for (std::int64_t& x : fields) ++x;
  }
};

template <share::ArrayBackend B>
class RecordTask final : public Task {
 public:
  explicit RecordTask(const TaskParameters& parameters)
      : backend_(B::open(parameters.address)),
        record_(backend_.template array<std::int64_t>(kRecordName, parameters.elements)),
        think_(parameters.think_units) {}

  static void make_objects(typename B::Owner& owner, std::uint64_t elements) {
    owner.template add_array<std::int64_t>(kRecordName, elements);
  }
  static constexpr bool kHasFloor = false;
  static constexpr FloorService kFloorService = FloorService::none;
  static constexpr bool kFloorPipelines = false, kPipelines = false;
  static constexpr bool kTakesCode = false;

  void prepare() override {
    const std::vector<std::int64_t> zeros(record_.size());
    record_.write(0, zeros);
  }
  void run(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) add_one();
    applied_ += calls;
  }
  void run_with_work(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) {
      add_one();
      work(think_);
    }
    applied_ += calls;
  }
  bool has_floor() const override { return kHasFloor; }
  void run_floor(std::uint64_t /*calls*/) override {}
  std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) override {
    const std::uint64_t done = sample_calls(calls, sampling, to, [this] {
      add_one();
      work(think_);
    });
    applied_ += done;
    return done;
  }
  std::uint64_t operations_per_call() const override { return 1; }
  std::uint64_t applied_calls() const override { return applied_; }

  /// Lost and extra updates are those of the field that is off the most.
  Verification verify(const std::vector<std::uint64_t>& applied) override {
    Verification found;
    if (B::traits.updates == share::Updates::none) return found;
    const auto due = std::accumulate(applied.begin(), applied.end(), std::uint64_t{0});
    std::vector<std::int64_t> fields(record_.size());
    record_.read(0, fields);
    for (const std::int64_t field : fields) {
      const auto is = static_cast<std::uint64_t>(field);
      if (is < due) found.lost = std::max(found.lost, due - is);
      if (is > due) found.extra = std::max(found.extra, is - due);
      if (is != due) ++found.wrong_elements;
    }
    return found;
  }

 private:
  void add_one() { record_.transform(0, record_.size(), AddOne{}); }

  B backend_;
  decltype(std::declval<B&>().template array<std::int64_t>("", 1)) record_;
  std::uint32_t think_;
  std::uint64_t applied_ = 0;
};

}  // namespace sharebench
