// Two streams of messages between two processes in one segment, one writer and one reader each. A
// message may be longer than its ring: it then passes in parts. Each side trusts nothing that the
// other can write: positions and lengths are checked, and a message is copied out before anybody
// looks at it. Layout: docs/manager-protocol.md. Bounded single-producer single-consumer queue
// after L. Lamport, "Specifying Concurrent Program Modules" (1983), with cached positions as in
// M. Thompson's and E. Rigtorp's rings.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <share/core/cache_line.hpp>
#include <share/manager/waiting.hpp>
#include <span>
#include <vector>

namespace share::manager {

inline constexpr std::uint64_t kRingMagic = 0x31474e4952474d53;  // "SMGRING1"
inline constexpr std::uint32_t kRingVersion = 1;
/// Of each direction.
inline constexpr std::size_t kRingBytes = std::size_t{1} << 16;

struct alignas(kCacheLine) RingPosition {
  std::atomic<std::uint64_t> bytes;  ///< since the beginning, whole multiples of 8
};
struct alignas(kCacheLine) RingFlag {
  std::atomic<std::uint32_t> word;
};

/// The segment's contents. `written` belongs to the stream's writer, `read` to its reader.
struct RingMemory {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t waiting;     ///< a Waiting, for both sides
  std::uint32_t ring_bytes;  ///< of each stream
  struct Stream {
    RingPosition written, read;
  };
  Stream requests, answers;
  RingFlag
      client_sleeps;  ///< a futex word: the client sets 1 before it sleeps, the server wakes it
  RingFlag server_sleeps;  ///< the server sets 1 before it sleeps; the client 0, and rings
  RingFlag answers_wait;   ///< the server has answers that did not fit; likewise
  alignas(kCacheLine) std::byte request_bytes[kRingBytes];
  std::byte answer_bytes[kRingBytes];
};
static_assert(sizeof(RingMemory) == 8 * kCacheLine + 2 * kRingBytes);

/// The writing end of a stream.
class RingWriter {
 public:
  RingWriter(RingMemory::Stream& stream, std::byte* bytes) noexcept
      : stream_(stream), bytes_(bytes) {}

  /// Takes a message: what does not fit now is kept, for flush(). Throws std::bad_alloc.
  void put(std::span<const std::byte> message);
  /// Writes on. True when nothing is kept any more.
  bool flush() noexcept;
  /// Bytes that are kept.
  std::size_t kept() const noexcept { return kept_.size() - kept_done_; }
  /// Whether flush() could write something.
  bool has_room() noexcept { return room() != 0; }

 private:
  std::size_t room() noexcept;
  // As much as there is room for, a multiple of 8 bytes; not published.
  std::size_t write(std::span<const std::byte> part) noexcept;
  void publish() noexcept;

  RingMemory::Stream& stream_;
  std::byte* bytes_;
  std::uint64_t written_ = 0, read_ = 0;  // the other's position as seen last
  std::vector<std::byte> kept_;           // padded, from kept_done_ on
  std::size_t kept_done_ = 0;
};

/// The reading end of a stream.
class RingReader {
 public:
  enum class Got { nothing, message, broken };

  RingReader(RingMemory::Stream& stream, const std::byte* bytes) noexcept
      : stream_(stream), bytes_(bytes) {}

  /// The next message, valid until the next call; `broken`: the other side does not keep to the
  /// rules, nothing more can be read. Throws std::bad_alloc.
  Got next(std::span<const std::byte>& message);
  /// Whether there is something to read: perhaps not yet a whole message. False when broken.
  bool has_bytes() const noexcept { return !broken_ && written() != read_; }
  /// What is written from now on is not read.
  void end() noexcept {
    end_ = written();
    ended_ = true;
  }

 private:
  std::uint64_t written() const noexcept {
    return ended_ ? end_ : stream_.written.bytes.load(std::memory_order_acquire);
  }
  void take(std::size_t bytes) noexcept;  // copies, padding left out, and gives room back
  void reserve(std::size_t bytes);

  RingMemory::Stream& stream_;
  const std::byte* bytes_;
  std::uint64_t read_ = 0;
  std::unique_ptr<std::byte[]> message_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0, padded_ = 0, filled_ = 0;  // of the message being read; size_ 0: none
  std::uint64_t end_ = 0;
  bool ended_ = false, broken_ = false;
};

}  // namespace share::manager
