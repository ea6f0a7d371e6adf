// append: every worker appends items to one shared list. An item is `payload_bytes` long and says
// who appended it, which of his it is, and is filled with bytes that follow from both. Operation:
// one item. Verification: the list holds exactly what was appended, each worker's items in his
// order, every byte as it was sent. Cost: one call that carries the item.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <share/contract.hpp>
#include <utility>
#include <vector>

#include "bench/floors/floor_service.hpp"
#include "bench/workloads/in_flight.hpp"
#include "bench/workloads/sampled_calls.hpp"
#include "bench/workloads/work.hpp"

namespace sharebench {

inline constexpr const char* kListName = "list";

/// An item: worker and number in the first eight bytes, then bytes that follow from them.
class AppendedItem {
 public:
  using Bytes = std::vector<std::byte>;
  static constexpr int kNumberBits = 48;

  explicit AppendedItem(std::size_t bytes) : bytes_(std::max(bytes, sizeof(std::uint64_t))) {}

  const Bytes& of(std::uint64_t worker, std::uint64_t number) {
    const std::uint64_t head = worker << kNumberBits | number;
    std::memcpy(bytes_.data(), &head, sizeof head);
    // 251 is a prime: the items of two workers differ, and so do neighbours of one.
    std::memset(bytes_.data() + sizeof head, static_cast<int>((number + 97 * worker) % 251),
                bytes_.size() - sizeof head);
    return bytes_;
  }
  /// Whose item it is and which; false when its bytes are not those of any item.
  bool read(const Bytes& found, std::uint64_t& worker, std::uint64_t& number) {
    if (found.size() != bytes_.size()) return false;
    std::uint64_t head = 0;
    std::memcpy(&head, found.data(), sizeof head);
    worker = head >> kNumberBits;
    number = head & ((std::uint64_t{1} << kNumberBits) - 1);
    return of(worker, number) == found;
  }

 private:
  Bytes bytes_;
};

/// Compares the items of a list, in their order, with what each worker appended.
class AppendCheck {
 public:
  explicit AppendCheck(std::vector<std::uint64_t> applied)
      : applied_(std::move(applied)), next_(applied_.size(), 0) {}

  void see_damaged() { ++found_.corrupted; }
  void see(std::uint64_t worker, std::uint64_t number) {
    if (worker >= next_.size())
      ++found_.corrupted;
    else if (number < next_[worker] || number >= applied_[worker])
      ++found_.extra;  // again, or out of its order, or never sent
    else {
      found_.lost += number - next_[worker];
      next_[worker] = number + 1;
    }
  }
  Verification result() {
    for (std::size_t w = 0; w < next_.size(); ++w)
      found_.lost += applied_[w] - std::exchange(next_[w], applied_[w]);
    return found_;
  }

 private:
  std::vector<std::uint64_t> applied_, next_;
  Verification found_;
};

template <share::Backend B>
class AppendTask final : public Task {
 public:
  explicit AppendTask(const TaskParameters& parameters)
      : backend_(B::open(parameters.address)),
        list_(backend_.list(kListName)),
        in_flight_(backend_, parameters.in_flight),
        item_(parameters.elements * sizeof(std::int64_t)),
        worker_(parameters.worker),
        think_(parameters.think_units) {}

  static void make_objects(typename B::Owner& owner, std::uint64_t /*elements*/) {
    owner.add_list(kListName);
  }
  static constexpr bool kHasFloor = false;
  static constexpr FloorService kFloorService = FloorService::none;
  static constexpr bool kFloorPipelines = false;
  static constexpr bool kPipelines = sharebench::kPipelines<B>;
  static constexpr bool kTakesCode = false;

  void prepare() override { list_.clear(); }
  void run(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) append_next();
  }
  void run_with_work(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) call_with_work();
  }
  void finish() override { in_flight_.finish(); }
  bool has_floor() const override { return kHasFloor; }
  void run_floor(std::uint64_t /*calls*/) override {}
  std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) override {
    return sample_calls(calls, sampling, to, [this] { call_with_work(); });
  }
  std::uint64_t operations_per_call() const override { return 1; }
  std::uint64_t applied_calls() const override { return applied_; }

  Verification verify(const std::vector<std::uint64_t>& applied) override {
    AppendCheck check(applied);
    each_item([&](const AppendedItem::Bytes& item) {
      std::uint64_t worker = 0, number = 0;
      if (item_.read(item, worker, number))
        check.see(worker, number);
      else
        check.see_damaged();
    });
    return check.result();
  }

 private:
  static constexpr std::size_t kChunkBytes = std::size_t{1} << 20;  // read at once

  void append_next() {
    const AppendedItem::Bytes& item = item_.of(worker_, applied_);
    if constexpr (kPipelines) {
      if (in_flight_.several())
        in_flight_.pipeline().call(list_, "append", {item});
      else
        list_.append(item);
    } else {
      list_.append(item);
    }
    ++applied_;
  }
  void call_with_work() {
    append_next();
    work(think_);
  }
  template <class Visitor>
  void each_item(Visitor&& visit) {
    const auto chunk = static_cast<std::int64_t>(
        std::max<std::size_t>(1, kChunkBytes / (item_.of(0, 0).size() + 9)));
    for (std::int64_t first = 0;; first += chunk) {
      const auto items = list_.slice(first, first + chunk);
      if (items.empty()) return;
      for (const auto& item : items) visit(item.template get<AppendedItem::Bytes>());
    }
  }

  B backend_;
  decltype(std::declval<B&>().list("")) list_;
  InFlight<B> in_flight_;
  AppendedItem item_;
  std::uint64_t worker_;
  std::uint32_t think_;
  std::uint64_t applied_ = 0;
};

}  // namespace sharebench
