// The streams of messages of manager.shm, in one process: what is put in comes out, in whatever
// pieces, and positions and lengths that cannot be are noticed.
#include "backends/src/manager/ring.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <share/manager/protocol.hpp>
#include <thread>
#include <vector>

namespace share::manager {
namespace {

using Bytes = std::vector<std::byte>;

class RingTest : public testing::Test {
 protected:
  std::unique_ptr<RingMemory> memory_ = std::make_unique<RingMemory>();
  RingMemory::Stream& stream_ = memory_->requests;
  RingWriter writer_{stream_, memory_->request_bytes};
  RingReader reader_{stream_, memory_->request_bytes};

  static Bytes message(std::size_t size, std::uint32_t seed) {
    std::minstd_rand random(seed + 1);
    Bytes bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
  }
  /// The next message; empty when there is none.
  Bytes take() {
    std::span<const std::byte> found;
    if (reader_.next(found) != RingReader::Got::message) return {};
    return {found.begin(), found.end()};
  }
  RingReader::Got got() {
    std::span<const std::byte> found;
    return reader_.next(found);
  }
  /// Says that `bytes` have been written, with that length before the message.
  void forge(std::uint32_t length, std::uint64_t bytes) {
    std::memcpy(memory_->request_bytes, &length, sizeof length);
    stream_.written.bytes = bytes;
  }
};

TEST_F(RingTest, CarriesMessagesOfEveryLengthInOrder) {
  EXPECT_EQ(got(), RingReader::Got::nothing);
  for (std::uint32_t i = 0; i < 20'000; ++i) {  // wraps round many times, at every offset
    const Bytes sent = message(1 + i % 97, i);
    writer_.put(sent);
    ASSERT_EQ(writer_.kept(), 0U);
    ASSERT_TRUE(reader_.has_bytes());
    ASSERT_EQ(take(), sent) << i;
    ASSERT_FALSE(reader_.has_bytes());
  }
}

TEST_F(RingTest, KeepsWhatDoesNotFit) {
  std::uint32_t put = 0;
  while (writer_.kept() == 0) writer_.put(message(100, put++));
  writer_.put(message(50, put++));
  EXPECT_FALSE(writer_.flush());
  EXPECT_FALSE(writer_.has_room());
  std::uint32_t taken = 0;
  while (taken + 2 < put) ASSERT_EQ(take(), message(100, taken++));
  EXPECT_TRUE(writer_.has_room());
  EXPECT_TRUE(writer_.flush());
  EXPECT_EQ(take(), message(100, taken++));
  EXPECT_EQ(take(), message(50, taken++));
  EXPECT_EQ(got(), RingReader::Got::nothing);
}

TEST_F(RingTest, CarriesTheLongestMessageInParts) {
  for (const std::size_t size : {kRingBytes - 4, kRingBytes - 3, 3 * kRingBytes + 5,
                                 std::size_t{protocol::kMaxMessageBytes}}) {
    const Bytes sent = message(size, 1);
    writer_.put(sent);
    Bytes found;
    for (int i = 0; i < 200 && found.empty(); ++i) {
      found = take();
      writer_.flush();
    }
    EXPECT_EQ(found, sent);
    writer_.put(message(9, 2));
    EXPECT_EQ(take(), message(9, 2));
  }
}

TEST_F(RingTest, TwoThreadsAgree) {
  constexpr std::uint32_t kMessages = 50'000;
  std::thread producer([this] {
    for (std::uint32_t i = 0; i < kMessages; ++i) {
      while (!writer_.flush()) std::this_thread::yield();
      writer_.put(message(1 + i % 1000, i));
    }
    while (!writer_.flush()) std::this_thread::yield();
  });
  for (std::uint32_t i = 0; i < kMessages; ++i) {
    Bytes found;
    while ((found = take()).empty()) std::this_thread::yield();
    ASSERT_EQ(found, message(1 + i % 1000, i)) << i;
  }
  producer.join();
}

TEST_F(RingTest, AnEmptyMessageIsBroken) {
  forge(0, 8);
  EXPECT_EQ(got(), RingReader::Got::broken);
}

TEST_F(RingTest, ALengthBeyondTheLimitIsBroken) {
  forge(protocol::kMaxMessageBytes + 1, 8);
  EXPECT_EQ(got(), RingReader::Got::broken);
  forge(std::numeric_limits<std::uint32_t>::max(), 8);
  EXPECT_EQ(got(), RingReader::Got::broken);
}

TEST_F(RingTest, PositionsThatCannotBeAreBroken) {
  for (const std::uint64_t position : {std::uint64_t{1}, std::uint64_t{12}, kRingBytes + 8,
                                       ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    forge(4, position);
    RingReader reader(stream_, memory_->request_bytes);
    std::span<const std::byte> found;
    EXPECT_EQ(reader.next(found), RingReader::Got::broken) << position;
    EXPECT_FALSE(reader.has_bytes());  // nobody waits for it any more
    stream_.written.bytes = 8;
    EXPECT_EQ(reader.next(found), RingReader::Got::broken) << "mended";
  }
}

TEST_F(RingTest, AReaderThatLiesGetsNothingMore) {
  while (writer_.kept() == 0) writer_.put(message(1000, 1));
  stream_.read.bytes = std::uint64_t{1} << 40;  // more than was ever written
  const std::uint64_t written = stream_.written.bytes;
  EXPECT_FALSE(writer_.flush());
  writer_.put(message(1000, 2));
  EXPECT_FALSE(writer_.flush());
  EXPECT_EQ(stream_.written.bytes, written);
}

}  // namespace
}  // namespace share::manager
