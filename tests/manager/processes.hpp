// What the tests of the manager need of processes beyond tests/support: a text that a child leaves,
// and a fixture with a folder of its own that ends a test that hangs.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <share/core/process_watch.hpp>
#include <string>

#include "tests/support/processes.hpp"

namespace share::manager {

using test::Child;
using test::kPatience;
using test::SharedArray;

/// For tests that fork while they have a connection, which has threads: a child that then makes threads of
/// its own is more than the thread sanitizer can follow.
#if defined(__SANITIZE_THREAD__)
#define FORKS_BESIDE_THREADS() GTEST_SKIP() << "forks beside threads"
#else
#define FORKS_BESIDE_THREADS() static_assert(true)
#endif

/// A text that a child leaves for its parent.
class SharedText {
 public:
  void set(const std::string& text) {
    text.copy(text_.data(), text_.size() - 2);
    __atomic_store_n(&text_[text_.size() - 1], char{1}, __ATOMIC_RELEASE);
  }
  /// Waits for it; empty when it does not come.
  std::string get() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (__atomic_load_n(&text_[text_.size() - 1], __ATOMIC_ACQUIRE) == 0) {
      if (std::chrono::steady_clock::now() > deadline) return {};
      ::usleep(1000);
    }
    return text_.data();
  }

 private:
  SharedArray<char> text_{512};
};

/// Whether an abstract unix socket of that name exists on this machine.
inline bool abstract_socket_exists(const std::string& name) {
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    if (line.find(name) != std::string::npos) return true;
  }
  return false;
}

/// A folder of its own, and an alarm that ends the whole test program if the test hangs (its
/// children die with it).
class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    ::alarm(120);
    folder_ = testing::TempDir() + "manager-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    // Fails, and says so, when a test has left something in it.
    EXPECT_EQ(::rmdir(folder_.c_str()), 0) << folder_ << " is not empty";
    ::alarm(0);
  }

  std::string socket_path() const { return folder_ + "/socket"; }
  std::string file_endpoint() const { return "ipc://" + socket_path(); }
  bool files_left() const {
    return ::access(socket_path().c_str(), F_OK) == 0 ||
           ::access((socket_path() + ".lock").c_str(), F_OK) == 0;
  }

  std::string folder_;
};

}  // namespace share::manager
