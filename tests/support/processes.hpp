// Processes for tests: children that are killed, by their id, when they outlive their test or their
// time, memory that parent and children share, and waiting with patience.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace share::test {

/// How long a test waits for what should come soon; only a failing test waits so long.
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
    pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  }
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), pidfd_(std::exchange(other.pidfd_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ != 0) kill();
    if (pidfd_ >= 0) ::close(pidfd_);
  }

  pid_t pid() const { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }
  /// The child is not reaped, so it can still be killed or asked.
  bool ends_within(std::chrono::milliseconds limit) const {
    pollfd ended{pidfd_, POLLIN, 0};
    return ::poll(&ended, 1, static_cast<int>(limit.count())) == 1;
  }
  /// True when the child ended by itself, in time, with all its checks held.
  bool succeeded() { return wait_status() == 0; }
  /// The signal that ended it, 0 for none.
  int ended_by() {
    const int status = wait_status();
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  void kill() {
    ::kill(pid_, SIGKILL);
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
  int wait_status() {
    if (!ends_within(kPatience)) {
      ADD_FAILURE() << "child " << pid_ << " did not end";
      kill();
      return -1;
    }
    return reap();
  }
  int reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return status;
  }

  pid_t pid_;
  int pidfd_ = -1;
};

/// An array of plain values that children inherit, zero at first.
template <class T>
class SharedArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit SharedArray(std::size_t size) : size_(size), file_(::memfd_create("test", MFD_CLOEXEC)) {
    EXPECT_EQ(::ftruncate(file_, static_cast<off_t>(size * sizeof(T))), 0);
    data_ = static_cast<T*>(
        ::mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0));
  }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;
  ~SharedArray() {
    ::munmap(data_, size_ * sizeof(T));
    ::close(file_);
  }

  T& operator[](std::size_t i) { return data_[i]; }
  T* data() { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  int file_;  // stays open: a lock of files looks for it
  T* data_;
};

/// Waits with patience until `condition()` holds; false when it never did.
template <class Condition>
bool becomes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::usleep(200);
  }
  return true;
}

/// All `members` processes leave together, spinning, so that what follows is contended.
inline void meet(std::atomic<int>& arrived, int members) {
  ++arrived;
  while (arrived.load() < members) ::sched_yield();
}

/// A name that no other shared object has.
inline std::string fresh_name() {
  static int count = 0;
  return "test." + std::to_string(::getpid()) + "." + std::to_string(++count);
}

inline int count_entries(const char* folder) {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

inline bool named_object_exists(const std::string& name) {
  return std::filesystem::exists("/dev/shm/share.object." + name);
}

/// What is in /dev/shm but for the objects that tests, perhaps others at this moment, have named.
inline int count_shared_memory() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm"))
    count += !entry.path().filename().string().starts_with("share.object.test.");
  return count;
}

/// Gone, or a zombie that its new parent has not reaped yet.
inline bool has_ended(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(in, text)) return true;
  const auto state = text.find_first_not_of(' ', text.rfind(')') + 1);
  return text[state] == 'Z' || text[state] == 'X';
}

/// Kills for each backend: SHARE_TEST_KILLS, 20 without it.
inline int kill_count() {
  const char* text = std::getenv("SHARE_TEST_KILLS");
  return text != nullptr ? std::atoi(text) : 20;
}

}  // namespace share::test
