// dict-update, namespace-increment and custom-increment: every worker adds 1 to a value that is
// reached by its key in a dictionary of 16 keys, in a namespace with one attribute, or in an object
// of a custom class. Workers go round the keys in strides of their own, so that they meet however
// evenly the server lets them take turns. Operation: one addition; in one call with exact backends,
// in two (get, set) with controls. Verification: each value equals the additions that the walks
// made to it. Cost: one call, or two.
#pragma once

#include <cstdint>
#include <share/contract.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/floors/floor_service.hpp"
#include "bench/workloads/sampled_calls.hpp"
#include "bench/workloads/tally.hpp"
#include "bench/workloads/work.hpp"

namespace sharebench {

struct DictAccess {
  static constexpr std::size_t kKeys = 16;  // a power of two
  static void make(auto& owner) { owner.add_dict("dict"); }
  static auto open(auto& backend) { return backend.dict("dict"); }
};
struct NamespaceAccess {
  static constexpr std::size_t kKeys = 1;
  static void make(auto& owner) { owner.add_namespace("namespace"); }
  static auto open(auto& backend) { return backend.attributes("namespace"); }
};
struct CustomAccess {
  static constexpr std::size_t kKeys = 1;
  static void make(auto& owner) { owner.add_object("tally", Tally::kClass); }
  static auto open(auto& backend) { return TallyProxy(backend.object("tally", Tally::kClass)); }
};

/// The keys that a worker updates, one after the other. An odd stride visits all of a power of two.
class KeyWalk {
 public:
  KeyWalk(std::size_t keys, std::uint64_t worker) : keys_(keys), stride_(1 + 2 * worker) {}
  std::size_t next() {
    const std::size_t at = at_;
    at_ = (at_ + stride_) % keys_;
    return at;
  }
  /// How often each key is due after so many calls of each worker.
  static std::vector<std::uint64_t> due(std::size_t keys, const std::vector<std::uint64_t>& calls) {
    std::vector<std::uint64_t> visits(keys, 0);
    for (std::size_t worker = 0; worker < calls.size(); ++worker) {
      for (std::uint64_t& v : visits) v += calls[worker] / keys;
      KeyWalk walk(keys, worker);
      for (std::uint64_t i = 0; i < calls[worker] % keys; ++i) ++visits[walk.next()];
    }
    return visits;
  }

 private:
  std::size_t keys_, at_ = 0;
  std::uint64_t stride_;
};

template <share::Backend B, class Access>
class UpdateByKeyTask final : public Task {
 public:
  explicit UpdateByKeyTask(const TaskParameters& parameters)
      : backend_(B::open(parameters.address)),
        object_(Access::open(backend_)),
        walk_(Access::kKeys, parameters.worker),
        think_(parameters.think_units) {
    for (std::size_t i = 0; i < Access::kKeys; ++i) keys_.push_back("key" + std::to_string(i));
  }

  static void make_objects(typename B::Owner& owner, std::uint64_t /*elements*/) {
    Access::make(owner);
  }
  static constexpr bool kHasFloor = false;
  static constexpr FloorService kFloorService = FloorService::none;
  static constexpr bool kFloorPipelines = false, kPipelines = false;
  static constexpr bool kTakesCode = false;

  void prepare() override {
    for (const std::string& key : keys_) object_.set(key, std::int64_t{0});
  }
  void run(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) update_next();
  }
  void run_with_work(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) call_with_work();
  }
  bool has_floor() const override { return kHasFloor; }
  void run_floor(std::uint64_t /*calls*/) override {}
  std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) override {
    return sample_calls(calls, sampling, to, [this] { call_with_work(); });
  }
  std::uint64_t operations_per_call() const override { return 1; }
  std::uint64_t applied_calls() const override { return applied_; }

  Verification verify(const std::vector<std::uint64_t>& applied) override {
    Verification found;
    const std::vector<std::uint64_t> due = KeyWalk::due(Access::kKeys, applied);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const auto is = static_cast<std::uint64_t>(value_of(keys_[i]));
      if (is < due[i]) found.lost += due[i] - is;
      if (is > due[i]) found.extra += is - due[i];
    }
    return found;
  }

 private:
  std::int64_t value_of(const std::string& key) const {
    return object_.get(key).template get<std::int64_t>();
  }
  void update_next() {
    const std::string& key = keys_[walk_.next()];
    if constexpr (B::traits.updates == share::Updates::lossy)
      object_.set(key, value_of(key) + 1);
    else
      object_.add(key, std::int64_t{1});
    ++applied_;
  }
  void call_with_work() {
    update_next();
    work(think_);
  }

  B backend_;
  decltype(Access::open(std::declval<B&>())) object_;
  std::vector<std::string> keys_;
  KeyWalk walk_;
  std::uint32_t think_;
  std::uint64_t applied_ = 0;
};

template <class B>
using DictUpdateTask = UpdateByKeyTask<B, DictAccess>;
template <class B>
using NamespaceIncrementTask = UpdateByKeyTask<B, NamespaceAccess>;
template <class B>
using CustomIncrementTask = UpdateByKeyTask<B, CustomAccess>;

}  // namespace sharebench
