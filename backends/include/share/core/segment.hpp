// Segment: anonymous shared memory that cannot leak. A memfd, allocated to its full size when it is
// made, sealed against shrinking and growing, and mapped shared. Other processes reach it by
// inheriting the descriptor; when the last process that holds it ends, however it ends, the memory
// is gone. The creator and every opener own their own mapping. Movable, not copyable. Sources:
// memfd_create(2), fcntl(2) (F_ADD_SEALS), posix_fallocate(3).
#pragma once

#include <cstddef>
#include <share/core/descriptor.hpp>
#include <string>

namespace share {

class Segment {
 public:
  /// Makes a zero-filled segment of `bytes`, rounded up to whole pages. @param name for messages
  /// and /proc/<pid>/maps. @throws NotEnoughMemory before anything is allocated, SystemError.
  static Segment create(const std::string& name, std::size_t bytes);

  /// Maps a segment whose descriptor this process holds (a duplicate is kept). @throws SystemError,
  /// BadAddress when the descriptor is no sealed memfd.
  static Segment open(int fd);

  Segment(Segment&& other) noexcept;
  Segment& operator=(Segment&& other) noexcept;
  ~Segment();

  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  int descriptor() const noexcept { return fd_.get(); }

  /// Maps every page now (MADV_POPULATE_WRITE), so that no page fault falls into a measurement.
  void populate() const;

 private:
  Segment(Descriptor fd, std::size_t bytes, const std::string& name);
  Descriptor fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace share
