#include <algorithm>
#include <share/core/spinning.hpp>
#include <share/mutex/spin.hpp>

namespace share::mutex {

bool SpinLock::wait(std::chrono::nanoseconds limit) noexcept {
  // Looking less often leaves the line to the holder, who needs it to unlock.
  constexpr int kMostPauses = 64;
  Spinning spinning;
  for (int pauses = 1; spinning.pause() < limit; pauses = std::min(2 * pauses, kMostPauses)) {
    for (int i = 0; i < pauses; ++i) relax();
    if (try_lock()) return true;
  }
  return try_lock();
}

}  // namespace share::mutex
