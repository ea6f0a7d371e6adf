// A file descriptor with one owner in one process: closed by the destructor. Nothing is thrown.
#pragma once

#include <unistd.h>

#include <utility>

namespace share::manager {

class Descriptor {
 public:
  Descriptor() noexcept = default;
  /// Takes over `number`; -1 means none.
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }
  void close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace share::manager
