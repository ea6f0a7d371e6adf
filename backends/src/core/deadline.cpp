#include <algorithm>
#include <share/core/deadline.hpp>

namespace share {
namespace {

std::chrono::nanoseconds monotonic_now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

Deadline Deadline::after(std::chrono::nanoseconds limit) {
  const auto now = monotonic_now();
  const auto wait = std::max(limit, std::chrono::nanoseconds(0));
  return wait > kNever - now ? never() : Deadline(now + wait);
}

bool Deadline::passed() const { return !is_never() && monotonic_now() >= at_; }

std::chrono::nanoseconds Deadline::left() const {
  return is_never() ? kNever : std::max(at_ - monotonic_now(), std::chrono::nanoseconds(0));
}

int Deadline::poll_timeout() const {
  if (is_never()) return -1;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left()).count();
  return static_cast<int>(std::min<long>(ms, 1'000'000'000));
}

timespec Deadline::time_point() const noexcept {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(at_);
  return {static_cast<time_t>(whole.count()), static_cast<long>((at_ - whole).count())};
}

}  // namespace share
