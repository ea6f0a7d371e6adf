// mutex.robust: values and arrays guarded by a RobustMutex each; the recommended way when updates
// are more than one word. Exact. If a process dies inside an update, the others go on (see
// RobustMutex): a counter is then either old or new, a slice may be partly transformed, and
// recoveries() counts it.
#pragma once

#include <share/mutex/guarded.hpp>
#include <share/mutex/robust_mutex.hpp>

namespace share::mutex {

struct RobustLock : RobustMutex {
  static constexpr Traits traits{"mutex.robust", Updates::exact, OnDeath::recovers,
                                 Atomicity::slice, RunsIn::user};
  static std::string details() { return "POSIX robust process-shared mutex"; }
};

using Robust = MemoryBackend<GuardedPolicy<RobustLock>>;
static_assert(Backend<Robust>);

}  // namespace share::mutex
