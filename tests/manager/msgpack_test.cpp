// The codec against nlohmann's, an independent implementation of MessagePack.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <share/manager/msgpack.hpp>
#include <string>
#include <vector>

namespace share::manager::msgpack {
namespace {

using nlohmann::json;

std::vector<std::uint8_t> bytes_of(const Writer& writer) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(writer.bytes().data());
  return {data, data + writer.size()};
}

std::span<const std::byte> view(const std::vector<std::uint8_t>& bytes) {
  return std::as_bytes(std::span(bytes));
}

const std::int64_t kIntegers[] = {0,
                                  1,
                                  31,
                                  32,
                                  127,
                                  128,
                                  255,
                                  256,
                                  65535,
                                  65536,
                                  4294967295,
                                  4294967296,
                                  std::numeric_limits<std::int64_t>::max(),
                                  -1,
                                  -32,
                                  -33,
                                  -128,
                                  -129,
                                  -32768,
                                  -32769,
                                  -2147483648,
                                  -2147483649,
                                  std::numeric_limits<std::int64_t>::min()};
const std::size_t kLengths[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536};

TEST(Msgpack, IntegersAreWrittenAsTheOracleWritesThem) {
  for (const std::int64_t value : kIntegers) {
    Writer writer;
    writer.integer(value);
    EXPECT_EQ(bytes_of(writer), json::to_msgpack(json(value))) << value;
  }
  Writer writer;
  writer.unsigned_integer(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(bytes_of(writer), json::to_msgpack(json(std::numeric_limits<std::uint64_t>::max())));
}

TEST(Msgpack, IntegersAreReadAsTheOracleWritesThem) {
  for (const std::int64_t value : kIntegers) {
    const auto bytes = json::to_msgpack(json(value));
    std::int64_t found = 0;
    Reader reader(view(bytes));
    EXPECT_EQ(reader.next(), Type::integer);
    ASSERT_TRUE(reader.integer(found)) << value;
    EXPECT_EQ(found, value);
    EXPECT_TRUE(reader.at_end());
    std::uint64_t natural = 0;
    EXPECT_EQ(Reader(view(bytes)).unsigned_integer(natural), value >= 0);
  }
}

TEST(Msgpack, AnIntegerBeyondTheTypeIsRefusedAndLeftInPlace) {
  const auto bytes = json::to_msgpack(json(std::numeric_limits<std::uint64_t>::max()));
  Reader reader(view(bytes));
  std::int64_t whole = 0;
  EXPECT_FALSE(reader.integer(whole));
  std::uint64_t natural = 0;
  ASSERT_TRUE(reader.unsigned_integer(natural));
  EXPECT_EQ(natural, std::numeric_limits<std::uint64_t>::max());
}

TEST(Msgpack, RealsGoBothWays) {
  for (const double value :
       {0.0, -0.0, 1.5, 0.1, 1e300, -1e-300, std::numeric_limits<double>::infinity()}) {
    Writer writer;
    writer.real(value);
    EXPECT_EQ(json::from_msgpack(bytes_of(writer)).get<double>(), value);
    const auto bytes = json::to_msgpack(json(value));  // a float where that loses nothing
    double found = 0;
    ASSERT_TRUE(Reader(view(bytes)).real(found));
    EXPECT_EQ(found, value);
  }
  Writer writer;
  writer.real(0.1F);
  EXPECT_EQ(json::from_msgpack(bytes_of(writer)).get<float>(), 0.1F);
}

TEST(Msgpack, TextAndBinaryOfEveryLengthForm) {
  for (const std::size_t length : kLengths) {
    const std::string text(length, 'x');
    const std::vector<std::uint8_t> binary(length, 7);
    Writer writer;
    writer.text(text);
    EXPECT_EQ(bytes_of(writer), json::to_msgpack(json(text)));
    std::string_view found;
    ASSERT_TRUE(Reader(writer.bytes()).text(found));
    EXPECT_EQ(found, text);
    writer.clear();
    writer.binary(view(binary));
    EXPECT_EQ(bytes_of(writer), json::to_msgpack(json::binary(binary)));
    std::span<const std::byte> found_binary;
    ASSERT_TRUE(Reader(writer.bytes()).binary(found_binary));
    EXPECT_EQ(found_binary.size(), length);
  }
}

TEST(Msgpack, SequencesAndMapsOfEveryLengthForm) {
  for (const std::size_t length : kLengths) {
    Writer writer;
    writer.array_header(length);
    for (std::size_t i = 0; i < length; ++i) writer.nil();
    EXPECT_EQ(bytes_of(writer), json::to_msgpack(json(std::vector<json>(length))));
    std::size_t found = 1;
    ASSERT_TRUE(Reader(writer.bytes()).array_header(found));
    EXPECT_EQ(found, length);
    writer.clear();
    writer.map_header(length);
    for (std::size_t i = 0; i < length; ++i) {
      writer.text(std::to_string(i));
      writer.boolean(i % 2 == 0);
    }
    EXPECT_EQ(json::from_msgpack(bytes_of(writer)).size(), length);
    ASSERT_TRUE(Reader(writer.bytes()).map_header(found));
    EXPECT_EQ(found, length);
    Reader whole(writer.bytes());
    EXPECT_TRUE(whole.skip());
    EXPECT_TRUE(whole.at_end());
  }
}

json document() {
  return {{"none", nullptr},
          {"yes", true},
          {"list", {1, -70000, 2.5, "x", {{"deep", {1}}}}},
          {"bytes", json::binary({1, 2, 3})},
          {"no", false},
          {"long", std::string(300, 'y')}};
}

TEST(Msgpack, EveryTruncationIsRefusedAndLeavesTheCursor) {
  const auto bytes = json::to_msgpack(document());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::vector<std::uint8_t> part(bytes.begin(), bytes.begin() + std::ptrdiff_t(length));
    Reader reader(view(part));
    EXPECT_FALSE(reader.skip());
    EXPECT_EQ(reader.remaining(), length);
  }
}

TEST(Msgpack, ReadsOfAnotherTypeFailAndLeaveTheCursor) {
  const auto bytes = json::to_msgpack(json("text"));
  Reader reader(view(bytes));
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::size_t size = 0;
  std::span<const std::byte> binary;
  EXPECT_FALSE(reader.nil() || reader.boolean(boolean) || reader.integer(integer) ||
               reader.real(real) || reader.binary(binary) || reader.array_header(size) ||
               reader.map_header(size));
  EXPECT_EQ(reader.remaining(), bytes.size());
}

TEST(Msgpack, LengthsBeyondTheBytesAreInvalid) {
  for (const std::vector<std::uint8_t>& bytes :
       std::vector<std::vector<std::uint8_t>>{{0xdd, 0xff, 0xff, 0xff, 0xff},
                                              {0xdf, 0, 0, 0, 1, 0},
                                              {0xc6, 0xff, 0xff, 0xff, 0xff, 1},
                                              {0xdb, 0, 0, 0, 2, 'x'},
                                              {0x91},
                                              {0x81, 0},
                                              {0xc1},
                                              {0xd4, 1, 1}}) {
    EXPECT_EQ(Reader(view(bytes)).next(), Type::invalid);
    EXPECT_FALSE(Reader(view(bytes)).skip());
  }
}

TEST(Msgpack, DepthNeedsNoStack) {
  std::vector<std::uint8_t> bytes(1'000'000, 0x91);
  bytes.push_back(0xc0);
  Reader reader(view(bytes));
  EXPECT_TRUE(reader.skip());
  EXPECT_TRUE(reader.at_end());
}

bool has_extension(const json& value) {
  if (value.is_binary()) return value.get_binary().has_subtype();
  if (!value.is_structured()) return false;
  for (const json& element : value) {
    if (has_extension(element)) return true;
  }
  return false;
}

TEST(Msgpack, MutatedDocumentsAreReadWheneverTheOracleReadsThem) {
  const auto original = json::to_msgpack(document());
  std::mt19937 random(20240607);
  int read = 0;
  for (int round = 0; round < 50'000; ++round) {
    auto bytes = original;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    Reader reader(view(bytes));
    const bool ours = reader.skip() && reader.at_end();
    const json theirs = json::from_msgpack(bytes, true, false);
    if (theirs.is_discarded() || has_extension(theirs)) continue;
    ASSERT_TRUE(ours) << "round " << round;
    ++read;
  }
  EXPECT_GT(read, 1000);
}

TEST(Msgpack, ABufferThatHasGrownIsKept) {
  Writer writer(64);
  writer.text("0123456789");
  const std::byte* before = writer.bytes().data();
  for (int i = 0; i < 1000; ++i) {
    writer.clear();
    writer.integer(i);
    writer.text("0123456789012345678901234567890123456789");
  }
  EXPECT_EQ(writer.bytes().data(), before);
}

}  // namespace
}  // namespace share::manager::msgpack
