// Processes for tests: children that are killed, by their id, when they outlive their test or their
// time, memory that parent and children share, and a fixture that ends a test that hangs.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <share/manager/process_watch.hpp>
#include <string>
#include <type_traits>

namespace share::manager {

inline constexpr std::chrono::milliseconds kPatience{30'000};

/// Runs a function in a child process; the function says whether the child's own checks held.
class Child {
 public:
  template <class Body>
  explicit Child(Body body) : pid_(::fork()) {
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::_exit(run(body) ? 0 : 1);
    }
    watch_ = ProcessWatch::of(pid_);
  }
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), watch_(std::move(other.watch_)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ != 0) kill();
  }

  pid_t pid() const { return pid_; }
  void signal(int number) const { watch_->send(number); }

  /// True when the child ended by itself, in time, with all its checks held.
  bool succeeded() {
    if (!watch_->ends_within(kPatience)) {
      ADD_FAILURE() << "child " << pid_ << " did not end";
      kill();
      return false;
    }
    return reap() == 0;
  }

  void kill() {
    watch_->send(SIGKILL);
    reap();
  }

 private:
  template <class Body>
  static bool run(Body& body) {
    try {
      return body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child: %s\n", error.what());
      return false;
    }
  }

  int reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return status;
  }

  pid_t pid_;
  std::optional<ProcessWatch> watch_;
};

/// An array of plain values that children inherit, zero at first.
template <class T>
requires std::is_trivially_copyable_v<T>
class SharedArray {
 public:
  explicit SharedArray(std::size_t size)
      : size_(size),
        data_(static_cast<T*>(::mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;
  ~SharedArray() { ::munmap(data_, size_ * sizeof(T)); }

  T& operator[](std::size_t i) { return data_[i]; }
  T* data() { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  T* data_;
};

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
