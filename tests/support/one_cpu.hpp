// OneCpu: this process and those it starts on one CPU, so that what it does in a row is done before
// a waiter that it woke or killed can run.
#pragma once

#include <sched.h>

#include <share/core/proc_stat.hpp>

#include "tests/support/processes.hpp"

namespace share::test {

class OneCpu {
 public:
  OneCpu() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
      if (CPU_ISSET(cpu, &before_)) CPU_SET(cpu, &one);
    EXPECT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  }
  OneCpu(const OneCpu&) = delete;
  OneCpu& operator=(const OneCpu&) = delete;
  ~OneCpu() { ::sched_setaffinity(0, sizeof before_, &before_); }

  /// A process that does `wait` and is asleep in it.
  template <class Wait>
  Child start_sleeper(Wait wait) const {
    Child sleeper([wait] { return ::nice(19) != -1 && wait(); });
    EXPECT_TRUE(becomes_true([&] { return sleeps(sleeper.pid()); }));
    return sleeper;
  }

 private:
  static bool sleeps(pid_t pid) {
    const auto found = proc_stat(pid);
    return found && found->state == 'S';
  }

  cpu_set_t before_;
};

}  // namespace share::test
