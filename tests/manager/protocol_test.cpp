#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <share/manager/protocol.hpp>
#include <string>

namespace share::manager::protocol {
namespace {

std::string text_of(const msgpack::Writer& writer) {
  return {reinterpret_cast<const char*>(writer.bytes().data()), writer.size()};
}

TEST(Protocol, TheHeaderIsLittleEndianByteForByte) {
  msgpack::Writer writer;
  write_header(writer, Operation::add, 0x0102030405060708, 0x1112131415161718);
  const std::string expected = std::string("SHMG\x01\x08", 6) + "\x08\x07\x06\x05\x04\x03\x02\x01" +
                               "\x18\x17\x16\x15\x14\x13\x12\x11";
  EXPECT_EQ(text_of(writer), expected);
  EXPECT_EQ(writer.size(), kHeaderBytes);
}

TEST(Protocol, TheHeaderComesBack) {
  msgpack::Writer writer;
  write_header(writer, {.version = 9, .code = 200, .request = ~0ULL, .object = 1ULL << 63});
  Header header;
  ASSERT_TRUE(read_header(writer.bytes(), header));
  EXPECT_EQ(header.version, 9);
  EXPECT_EQ(header.code, 200);
  EXPECT_EQ(header.request, ~0ULL);
  EXPECT_EQ(header.object, 1ULL << 63);
}

TEST(Protocol, TruncatedAndForeignHeadersAreRefused) {
  msgpack::Writer writer;
  write_header(writer, Operation::ping, 1, 2);
  Header header;
  for (std::size_t size = 0; size < kHeaderBytes; ++size) {
    EXPECT_FALSE(read_header(writer.bytes().first(size), header));
  }
  std::vector<std::byte> bytes(writer.bytes().begin(), writer.bytes().end());
  bytes[0] = std::byte{'T'};
  EXPECT_FALSE(read_header(bytes, header));
}

// ZeroMQ keeps messages of up to 33 bytes inside its message structure; longer ones cost an
// allocation in each of the four threads they cross.
TEST(Protocol, AnAddFitsIntoASmallMessage) {
  msgpack::Writer writer;
  encode_add<std::int64_t>(writer, ~0ULL, ~0ULL, std::numeric_limits<std::int64_t>::min());
  EXPECT_LE(writer.size(), 33U);
  writer.clear();
  encode_add_reply<double>(writer, ~0ULL, ~0ULL, 0.1);
  EXPECT_LE(writer.size(), 33U);
}

template <class T>
Status read_back(const msgpack::Writer& writer, T& value) {
  msgpack::Reader reader(writer.bytes());
  return read_element(reader, value);
}

TEST(Protocol, ElementsOfEveryTypeComeBack) {
  for (const char code : kTypeCodes) {
    with_type(code, []<class T>(T) {
      for (const T value :
           {std::numeric_limits<T>::lowest(), T{0}, T{1}, std::numeric_limits<T>::max()}) {
        msgpack::Writer writer;
        write_element(writer, value);
        T found{};
        EXPECT_EQ(read_back(writer, found), Status::ok);
        EXPECT_EQ(found, value);
      }
    });
  }
}

TEST(Protocol, NoElementIsConvertedInSilence) {
  msgpack::Writer integer;
  integer.integer(300);
  msgpack::Writer negative;
  negative.integer(-1);
  msgpack::Writer real;
  real.real(1e300);
  msgpack::Writer nothing;
  std::uint8_t byte = 0;
  std::uint64_t natural = 0;
  double wide = 0;
  float narrow = 0;
  EXPECT_EQ(read_back(integer, byte), Status::out_of_range);
  EXPECT_EQ(read_back(negative, natural), Status::out_of_range);
  EXPECT_EQ(read_back(integer, wide), Status::wrong_type);
  EXPECT_EQ(read_back(real, natural), Status::wrong_type);
  EXPECT_EQ(read_back(real, narrow), Status::out_of_range);
  EXPECT_EQ(read_back(nothing, wide), Status::malformed);
}

}  // namespace
}  // namespace share::manager::protocol
