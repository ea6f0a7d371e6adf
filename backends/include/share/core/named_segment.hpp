// NamedSegment: shared memory that unrelated processes of one user find by name. Fully allocated,
// mode 0600, and nobody sees it before it is complete: it is made without a name and published when
// its contents are ready, which is one step and fails when the name is taken. The name goes with
// the last process that has the segment open: who closes it last removes the name; what killed ones
// leave cannot be opened, and the next publish() of any name removes it. Each object is one mapping
// of its process. A copy inherited by fork removes nothing, and does not keep the name when its
// parent has closed. Movable. Prefer Segment where the processes are related. Sources: open(2)
// (O_TMPFILE), linkat(2), flock(2).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <share/core/descriptor.hpp>
#include <string>

namespace share {

class NamedSegment {
 public:
  /// Zero-filled, without a name. @param bytes rounded up to whole pages. @throws NotEnoughMemory
  /// before anything is allocated, SystemError ("posix_fallocate /dev/shm: No space left on
  /// device").
  static NamedSegment create(std::size_t bytes);

  /// @throws NoSuchObject; BadAddress for what is no name; SystemError, also (EACCES) when it is
  /// another user's.
  static NamedSegment open(const std::string& name);

  NamedSegment(NamedSegment&& other) noexcept;
  NamedSegment& operator=(NamedSegment&&) = delete;
  ~NamedSegment();

  /// Once. @param name 1 to 200 of the letters A to Z, a to z, digits and . _ -. @throws
  /// BadAddress, ObjectExists, SystemError.
  void publish(const std::string& name);

  /// Empty before publish().
  const std::string& name() const noexcept { return name_; }
  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  /// Removes the names of this user that nobody has open. Returns how many.
  static int remove_abandoned();

 private:
  NamedSegment(Descriptor fd, std::size_t bytes, std::string name);
  std::string name_;
  Descriptor fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  pid_t opener_;  ///< the process whose last one removes the name
};

}  // namespace share
