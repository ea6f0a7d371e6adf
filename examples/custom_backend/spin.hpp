// custom.spin: a backend of one's own in one file: values and arrays guarded by a test-and-set spin
// lock with a yield. Exact. Not fair: whoever comes first takes it. Beyond the core count waiters
// give their CPU away after a bounded number of looks. A holder that dies leaves the lock taken:
// the others hang. Everything but the lock itself comes from share/mutex/guarded.hpp.
#pragma once

#include <sched.h>

#include <atomic>
#include <share/mutex/guarded.hpp>

namespace custom {

class SpinLock {
 public:
  static constexpr share::Traits traits{"custom.spin", share::Updates::exact, share::OnDeath::hangs,
                                        share::Atomicity::slice, share::RunsIn::user};
  static std::string details() { return "test-and-set with yield"; }

  void init() { taken_.store(0); }
  void lock() noexcept {
    for (int looks = 0; taken_.exchange(1, std::memory_order_acquire) != 0;)
      while (taken_.load(std::memory_order_relaxed) != 0)
        if (++looks % kLooksBeforeYield == 0) sched_yield();
  }
  void unlock() noexcept { taken_.store(0, std::memory_order_release); }

 private:
  static constexpr int kLooksBeforeYield = 100;
  std::atomic<std::uint32_t> taken_;
};

using Spin = share::MemoryBackend<share::mutex::GuardedPolicy<SpinLock>>;
static_assert(share::Backend<Spin>);

}  // namespace custom
