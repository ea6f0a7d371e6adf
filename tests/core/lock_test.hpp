// A lock in memory that processes share, and a process that holds it.
#pragma once

#include <mutex>
#include <string>

#include "tests/support/processes.hpp"

namespace share::test {

template <class L>
class LockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::alarm(60);
    lock().init();
  }
  void TearDown() override { ::alarm(0); }
  L& lock() { return memory_[0]; }

  /// A process that takes the lock and then does `then`.
  template <class Then>
  Child start_holder(Then then) {
    held_[0] = 0;
    Child holder([this, then]() -> bool {
      const std::scoped_lock guard(lock());
      held_[0] = 1;
      then();
      return true;
    });
    EXPECT_TRUE(becomes_true([&] { return held_[0] == 1; }));
    return holder;
  }

  SharedArray<L> memory_{1};
  SharedArray<std::atomic<int>> held_{1};
};

struct LockNames {
  template <class L>
  static std::string GetName(int) {
    return std::string(L::traits.name.substr(6));
  }
};

}  // namespace share::test
