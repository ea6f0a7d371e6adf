// InFlight: the calls of a worker that sends the next before the last has been answered, at most so
// many at a time. Only backends whose calls are messages have it, and of these not the controls,
// whose updates are two calls that depend on each other.
#pragma once

#include <cstdint>
#include <memory>
#include <share/contract.hpp>

namespace sharebench {

template <class B>
inline constexpr bool kPipelines =
    share::PipelineBackend<B>&& B::traits.updates == share::Updates::exact;

template <class B>
class InFlight {
 public:
  InFlight(B&, std::uint32_t /*window*/) {}
  bool several() const noexcept { return false; }
  void finish() {}
};

template <class B>
requires(kPipelines<B>) class InFlight<B> {
 public:
  /// @param window calls in flight at most; 0 or 1: one, without this.
  InFlight(B& backend, std::uint32_t window) {
    // It cannot be moved: made where it stays.
    if (window > 1) pipeline_.reset(new Pipeline(backend.pipeline(window)));
  }
  bool several() const noexcept { return pipeline_ != nullptr; }
  auto& pipeline() noexcept { return *pipeline_; }
  /// Waits for all answers; throws what was refused.
  void finish() {
    if (pipeline_) pipeline_->finish();
  }

 private:
  using Pipeline = decltype(std::declval<B&>().pipeline(1));
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace sharebench
