// OwnFiles: the files that a thread has open for the locks it used last, each an open file
// description of its own. A thread's; closed with it, and by a child that fork made of the process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <list>

namespace share::mutex {

class OwnFiles {
 public:
  struct File {
    std::uint64_t number;  // of the lock
    int descriptor;
    off_t at;           // where the lock stands in the file
    bool held = false;  // then it stays open
  };

  static OwnFiles& of_this_thread();
  OwnFiles() = default;
  OwnFiles(const OwnFiles&) = delete;
  OwnFiles& operator=(const OwnFiles&) = delete;
  ~OwnFiles();

  /// Null when it is not open.
  File* find(std::uint64_t number) noexcept;
  /// @param memory where the lock stands in this process. @throws SystemError.
  File& open(std::uint64_t number, const void* memory);

 private:
  void forget_inherited() noexcept;

  std::list<File> files_;  // the last used first
  std::uint64_t forks_ = 0;
};

}  // namespace share::mutex
