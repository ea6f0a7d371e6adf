#include "ring.hpp"

#include <algorithm>
#include <cstring>
#include <share/manager/protocol.hpp>

namespace share::manager {
namespace {

// Before each message: its length. Messages begin at multiples of 8, so it is never in two pieces.
using Length = std::uint32_t;
constexpr std::size_t kUnit = 8;
constexpr std::size_t kMask = kRingBytes - 1;
static_assert((kRingBytes & kMask) == 0, "positions wrap by a mask");

constexpr std::size_t padded(std::size_t bytes) { return (bytes + kUnit - 1) / kUnit * kUnit; }

}  // namespace

std::size_t RingWriter::room() noexcept {
  if (written_ - read_ == kRingBytes) read_ = stream_.read.bytes.load(std::memory_order_acquire);
  const std::uint64_t used = written_ - read_;
  // A position that cannot be is the other's doing; it gets nothing more.
  return used > kRingBytes ? 0 : kRingBytes - used;
}

std::size_t RingWriter::write(std::span<const std::byte> part) noexcept {
  if (part.size() > kRingBytes - (written_ - read_)) {
    read_ = stream_.read.bytes.load(std::memory_order_acquire);
  }
  const std::size_t bytes = std::min(part.size(), room());
  const std::size_t at = written_ & kMask;
  const std::size_t first = std::min(bytes, kRingBytes - at);
  std::memcpy(bytes_ + at, part.data(), first);
  std::memcpy(bytes_, part.data() + first, bytes - first);
  written_ += padded(bytes);
  return bytes;
}

void RingWriter::publish() noexcept {
  stream_.written.bytes.store(written_, std::memory_order_release);
}

void RingWriter::put(std::span<const std::byte> message) {
  const auto length = static_cast<Length>(message.size());
  const std::size_t whole = padded(sizeof length + message.size());
  if (kept() == 0 && whole > kRingBytes - (written_ - read_)) {
    read_ = stream_.read.bytes.load(std::memory_order_acquire);
  }
  if (kept() == 0 && whole <= room()) {
    const std::size_t at = written_ & kMask;
    std::memcpy(bytes_ + at, &length, sizeof length);
    const std::size_t begin = at + sizeof length;  // below the end: units are larger than a length
    const std::size_t first = std::min(message.size(), kRingBytes - begin);
    std::memcpy(bytes_ + begin, message.data(), first);
    std::memcpy(bytes_, message.data() + first, message.size() - first);
    written_ += whole;
    publish();
    return;
  }
  if (kept_done_ >= kRingBytes && kept_done_ >= kept_.size() / 2) {  // each byte moves once at most
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(kept_done_));
    kept_done_ = 0;
  }
  const std::size_t before = kept_.size();
  kept_.resize(before + whole);
  std::memcpy(kept_.data() + before, &length, sizeof length);
  std::memcpy(kept_.data() + before + sizeof length, message.data(), message.size());
  flush();
}

bool RingWriter::flush() noexcept {
  if (kept_.empty()) return true;
  const std::size_t wrote = write(std::span<const std::byte>(kept_).subspan(kept_done_));
  if (wrote != 0) publish();
  kept_done_ += wrote;
  if (kept_done_ < kept_.size()) return false;
  kept_.clear();
  if (kept_.capacity() > kRingBytes) kept_.shrink_to_fit();
  kept_done_ = 0;
  return true;
}

RingReader::Got RingReader::next(std::span<const std::byte>& message) {
  if (broken_) return Got::broken;
  const std::uint64_t there = written() - read_;
  if (there == 0) return Got::nothing;
  if (there > kRingBytes || there % kUnit != 0) {
    broken_ = true;
    return Got::broken;
  }
  if (size_ == 0) {
    // Once: the other side may change it at any time.
    const Length length = *reinterpret_cast<const volatile Length*>(bytes_ + (read_ & kMask));
    if (length == 0 || length > protocol::kMaxMessageBytes) {
      broken_ = true;
      return Got::broken;
    }
    reserve(length);
    size_ = length;
    padded_ = padded(sizeof length + length);
    filled_ = 0;
  }
  take(std::min<std::size_t>(there, padded_ - filled_));
  if (filled_ < padded_) return Got::nothing;
  message = {message_.get(), size_};
  size_ = 0;
  return Got::message;
}

void RingReader::take(std::size_t bytes) noexcept {
  // The stream holds length, message, padding; of these only the message is kept.
  const std::size_t begin = std::max(filled_, sizeof(Length));
  const std::size_t end = std::min(filled_ + bytes, sizeof(Length) + size_);
  if (begin < end) {
    const std::size_t at = (read_ + (begin - filled_)) & kMask;
    const std::size_t first = std::min(end - begin, kRingBytes - at);
    std::byte* to = message_.get() + (begin - sizeof(Length));
    std::memcpy(to, bytes_ + at, first);
    std::memcpy(to + first, bytes_, end - begin - first);
  }
  filled_ += bytes;
  read_ += bytes;
  stream_.read.bytes.store(read_, std::memory_order_release);
}

void RingReader::reserve(std::size_t bytes) {
  // What a long message took is given back with the next short one.
  if (bytes <= capacity_ && (capacity_ <= kRingBytes || bytes > kRingBytes)) return;
  const std::size_t capacity = std::max(bytes, std::size_t{4096});
  message_ = std::make_unique_for_overwrite<std::byte[]>(capacity);
  capacity_ = capacity;
}

}  // namespace share::manager
