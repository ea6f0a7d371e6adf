// NamedSegment: shared memory that unrelated processes find by name (shm_open). Created exclusively
// under a random name, mode 0600, fully allocated; removed by its owner's destructor. Because a
// name outlives a killed owner, an owner first removes the segments of dead owners of the same
// user: the name carries the owner's pid and start time. Prefer Segment where the processes are
// related. Sources: shm_open(3), posix_fallocate(3).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <share/core/descriptor.hpp>
#include <string>

namespace share {

class NamedSegment {
 public:
  /// @param bytes rounded up to whole pages. @throws SystemError ("posix_fallocate /share.…: No
  /// space left on device" when /dev/shm is full).
  static NamedSegment create(std::size_t bytes);

  /// @throws SystemError when there is none; BadAddress when the name is not one of ours.
  static NamedSegment open(const std::string& name);

  NamedSegment(NamedSegment&& other) noexcept;
  NamedSegment& operator=(NamedSegment&&) = delete;
  ~NamedSegment();

  const std::string& name() const noexcept { return name_; }
  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  /// Removes this user's segments in /dev/shm whose owner has ended and that nobody has open.
  /// Returns how many.
  static int remove_abandoned();

 private:
  NamedSegment(std::string name, Descriptor fd, std::size_t bytes, bool owner);
  std::string name_;
  Descriptor fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  pid_t owner_ = 0;  ///< the process that removes it; 0: not this object
};

}  // namespace share
