// square: a[i] = ring_next(a[i]) on a shared array of doubles, cut into slices; one slice is one
// call and one critical section. Each worker walks the whole array again and again; worker i starts
// at slice i x slices / workers. Operation: one squared element. Verification: each element's place
// on the ring (see ring.hpp) agrees, modulo 61, with how often the workers passed it. Cost: one
// lock for each slice, or one compare-and-swap for each element; beyond the caches the memory
// bandwidth, 16 bytes an element.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "bench/floors/floor.hpp"
#include "bench/workloads/sampled_calls.hpp"
#include "bench/workloads/slices.hpp"
#include "bench/workloads/square_kernel.hpp"

namespace sharebench {

inline constexpr const char* kArrayName = "array";

template <share::ArrayBackend B>
class SquareTask final : public Task {
 public:
  explicit SquareTask(const TaskParameters& parameters)
      : backend_(B::open(parameters.address)),
        array_(backend_.template array<double>(kArrayName, parameters.elements)),
        floor_(array_, parameters.floor_address),
        slices_{parameters.elements, parameters.slice, parameters.workers},
        first_(slices_.first_of(parameters.worker)),
        at_(first_) {}

  static void make_objects(typename B::Owner& owner, std::uint64_t elements) {
    owner.template add_array<double>(kArrayName, elements);
  }
  static constexpr bool kHasFloor = SquareFloor<B>::kExists;
  static constexpr bool kTakesCode = false;
  static constexpr FloorService kFloorService = SquareFloor<B>::kService;
  static constexpr bool kFloorPipelines = false, kPipelines = false;

  void prepare() override {
    const std::vector<double> start(std::min<std::uint64_t>(slices_.elements, kChunk), kRingStart);
    for (std::uint64_t first = 0; first < slices_.elements; first += kChunk)
      array_.write(first, std::span(start.data(), chunk_at(first)));
  }
  void run(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) square_next();
    applied_ += calls;
  }
  bool has_floor() const override { return kHasFloor; }
  void run_floor(std::uint64_t calls) override {
    for (std::uint64_t i = 0; i < calls; ++i) {
      floor_.run(at_ * slices_.slice, slices_.slice);
      at_ = slices_.after(at_);
    }
    applied_ += calls;
  }
  std::uint64_t sample(std::uint64_t calls, Sampling& sampling, Histogram& to) override {
    const std::uint64_t done = sample_calls(calls, sampling, to, [this] { square_next(); });
    applied_ += done;
    return done;
  }
  std::uint64_t operations_per_call() const override { return slices_.slice; }
  std::uint64_t applied_calls() const override { return applied_; }

  Verification verify(const std::vector<std::uint64_t>& applied) override {
    Verification found;
    if (B::traits.updates == share::Updates::none) return found;
    each_slice([&](std::uint64_t slice, std::span<const double> part) {
      const double due = kRing[slices_.due(slice, applied) % kRingSize];
      for (const double x : part)
        if (x != due) ++(ring_index(x) ? found.wrong_elements : found.corrupted);
    });
    return found;
  }

  void begin_counting() override { prepare(); }
  void count(std::uint64_t passes) override {
    at_ = first_;
    for (std::uint64_t i = 0; i < passes * slices_.count(); ++i) square_next();
  }
  Verification verify_counting(std::uint64_t passes) override {
    Verification found;
    const std::uint64_t due = passes * slices_.workers;  // below 61, so the index is the count
    each_slice([&](std::uint64_t, std::span<const double> part) {
      for (const double x : part) {
        if (x == kRing[due]) continue;
        if (const auto index = ring_index(x); !index)
          ++found.corrupted;
        else if (*index < due)
          found.lost += due - *index;
        else
          found.extra += *index - due;
      }
    });
    return found;
  }

 private:
  static constexpr std::uint64_t kChunk = 1 << 16;  // elements read or written at once

  std::uint64_t chunk_at(std::uint64_t first) const {
    return std::min(kChunk, slices_.elements - first);
  }
  void square_next() {
    array_.transform(at_ * slices_.slice, slices_.slice, RingSquare{});
    at_ = slices_.after(at_);
  }
  /// Reads the array in chunks and visits each (part of a) slice in them.
  template <class Visitor>
  void each_slice(Visitor&& visit) {
    std::vector<double> chunk(std::min(slices_.elements, kChunk));
    for (std::uint64_t first = 0; first < slices_.elements; first += kChunk) {
      const std::span<double> part(chunk.data(), chunk_at(first));
      array_.read(first, part);
      for (std::uint64_t i = 0; i < part.size();) {
        const std::uint64_t slice = (first + i) / slices_.slice;
        const std::uint64_t end = std::min((slice + 1) * slices_.slice - first, part.size());
        visit(slice, std::span<const double>(part.subspan(i, end - i)));
        i = end;
      }
    }
  }

  B backend_;
  decltype(std::declval<B&>().template array<double>("", 1)) array_;
  SquareFloor<B> floor_;
  Slices slices_;
  std::uint64_t first_, at_;
  std::uint64_t applied_ = 0;
};

}  // namespace sharebench
