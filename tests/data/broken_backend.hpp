// Two backends that no list has, for what the harness must cope with.
// broken.promise promises exact updates and loses some: to be found out and never ranked. It is raw
// with a false promise.
// broken.starving is exact, but its lock has no rule of turns: whoever had it gets it again, and
// the others sleep for ever in between. To be measured as it is: an unfair, correct backend.
#pragma once

#include <time.h>

#include <atomic>
#include <share/mutex/guarded.hpp>
#include <share/raw/raw.hpp>

namespace broken {

struct Policy : share::raw::Policy {
  static constexpr share::Traits traits{"broken.promise", share::Updates::exact,
                                        share::OnDeath::stateless, share::Atomicity::element,
                                        share::RunsIn::user};
  static std::string details() { return "raw, with a false promise"; }
};

using Broken = share::MemoryBackend<Policy>;
static_assert(share::Backend<Broken>);

class StarvingLock {
 public:
  static constexpr share::Traits traits{"broken.starving", share::Updates::exact,
                                        share::OnDeath::hangs, share::Atomicity::slice,
                                        share::RunsIn::user};
  static std::string details() { return "a lock that is free for a moment only"; }

  void init() {}
  void lock() {
    while (held_.exchange(1) != 0) sleep_ms(7);
    sleep_ms(10);
  }
  void unlock() { held_.store(0); }

 private:
  static void sleep_ms(long ms) {
    const timespec time{0, ms * 1'000'000};
    nanosleep(&time, nullptr);
  }
  std::atomic<int> held_{0};
};

using Starving = share::MemoryBackend<share::mutex::GuardedPolicy<StarvingLock>>;
static_assert(share::Backend<Starving>);

}  // namespace broken
