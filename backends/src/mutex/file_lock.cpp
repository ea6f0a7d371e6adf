#include <fcntl.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <share/core/deadline.hpp>
#include <share/core/error.hpp>
#include <share/mutex/flock.hpp>
#include <thread>

#include "own_files.hpp"

namespace share::mutex {
namespace {

constexpr std::chrono::microseconds kFirstPause{50}, kLongestPause{1'000};

/// Whether it was done; false: another one holds it.
bool set(const OwnFiles::File& file, short how) {
  struct flock byte {};
  byte.l_type = how;
  byte.l_whence = SEEK_SET;
  byte.l_start = file.at;
  byte.l_len = 1;
  for (;;) {
    if (::fcntl(file.descriptor, F_OFD_SETLK, &byte) == 0) return true;
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != EINTR) throw SystemError("fcntl F_OFD_SETLK", FileLock::traits.name, errno);
  }
}

}  // namespace

void FileLock::init() {
  order_.store(0);
  if (::getrandom(&number_, sizeof number_, 0) != static_cast<ssize_t>(sizeof number_))
    throw SystemError("getrandom", traits.name, errno);
}

bool FileLock::try_lock() {
  OwnFiles& own = OwnFiles::of_this_thread();
  OwnFiles::File* file = own.find(number_);
  if (file == nullptr) file = &own.open(number_, this);
  // The kernel lets the same open file have it twice.
  if (file->held || !set(*file, F_WRLCK)) return false;
  file->held = true;
  static_cast<void>(order_.load(std::memory_order_acquire));
  return true;
}

bool FileLock::wait(std::chrono::nanoseconds limit) {
  const Deadline deadline = Deadline::after(limit);
  for (std::chrono::nanoseconds pause = kFirstPause;;
       pause = std::min<std::chrono::nanoseconds>(2 * pause, kLongestPause)) {
    if (try_lock()) return true;
    if (deadline.passed()) return false;
    std::this_thread::sleep_for(std::min(pause, deadline.left()));
  }
}

void FileLock::unlock() noexcept {
  OwnFiles::File* file = OwnFiles::of_this_thread().find(number_);
  if (file == nullptr) return;  // not this thread's
  order_.store(0, std::memory_order_release);
  set(*file, F_UNLCK);
  file->held = false;
}

}  // namespace share::mutex
