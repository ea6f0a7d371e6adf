// Values as they travel: what is read is what was written, checked against another codec, and bytes
// of strangers cannot do harm.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <share/core/error.hpp>
#include <share/manager/datum.hpp>

namespace share::manager {
namespace {

using protocol::Status;

Datum::List samples() {
  return {Datum(),
          true,
          false,
          0,
          -1,
          std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::int64_t>::max(),
          0.5,
          -0.0,
          std::numeric_limits<double>::quiet_NaN(),
          "",
          "text",
          Datum::Bytes{std::byte{0}, std::byte{255}},
          Datum::List{},
          Datum::List{1, "two", Datum::List{3.0}},
          Datum::Map{},
          Datum::Map{{"b", 1}, {2, Datum::List{Datum()}}, {"a", Datum::Map{{1, 2}}}},
          Reference(1, nullptr),
          Datum::List{Reference(UINT64_MAX, nullptr)}};
}

/// All numbers but 13 are those of objects.
class KeepMost final : public Keeper {
 public:
  Keep keep(std::uint64_t object) override {
    return object == 13 ? nullptr : std::make_shared<std::uint64_t>(object);
  }
};

Status read(std::span<const std::byte> bytes, Datum& datum) {
  msgpack::Reader reader(bytes);
  KeepMost keeper;
  const Status status = read_datum(reader, datum, &keeper);
  return status == Status::ok && !reader.at_end() ? Status::malformed : status;
}

TEST(Datum, WhatIsReadIsWhatWasWritten) {
  for (const Datum& datum : samples()) {
    msgpack::Writer writer;
    write_datum(writer, datum);
    EXPECT_EQ(writer.size(), datum.message_bytes()) << datum.type_name();
    Datum found = "something else";
    EXPECT_EQ(read(writer.bytes(), found), Status::ok);
    EXPECT_EQ(found, datum) << datum.type_name();
  }
}

TEST(Datum, SizesInMessagesAreExact) {
  Datum::List all;
  for (int bits = 0; bits < 63; ++bits)
    for (const std::int64_t off : {-1, 0, 1})
      for (const std::int64_t sign : {-1, 1})
        all.push_back(sign * ((std::int64_t{1} << bits) + off));
  for (const std::size_t size : {0u, 1u, 15u, 16u, 31u, 32u, 255u, 256u, 65535u, 65536u}) {
    all.push_back(std::string(size, 'x'));
    all.push_back(Datum::Bytes(size));
    all.push_back(Datum::List(size));
    Datum::Map map;
    for (std::size_t i = 0; i < size; ++i) map.emplace_back(i, 0);
    all.push_back(std::move(map));
  }
  for (const Datum& datum : all) {
    msgpack::Writer writer;
    write_datum(writer, datum);
    EXPECT_EQ(writer.size(), datum.message_bytes()) << datum.type_name();
  }
}

TEST(Datum, ReferencesToNothingAreRefused) {
  msgpack::Writer writer;
  write_datum(writer, Datum::List{Reference(13, nullptr)});
  Datum found;
  EXPECT_EQ(read(writer.bytes(), found), Status::no_such_object);
  writer.clear();
  writer.extension(kReferenceType + 1, 1);
  EXPECT_EQ(read(writer.bytes(), found), Status::malformed);
  writer.clear();
  writer.extension(kReferenceType, 1);
  EXPECT_EQ(read(writer.bytes().first(9), found), Status::malformed) << "truncated";
  msgpack::Reader reader(writer.bytes());
  EXPECT_EQ(read_datum(reader, found, nullptr), Status::malformed) << "none are expected here";
}

TEST(Datum, NumbersKeepTheirKind) {
  EXPECT_EQ(Datum(std::size_t{3}), Datum(3));
  EXPECT_EQ(Datum(0.5F), Datum(0.5));
  EXPECT_THROW(Datum{std::numeric_limits<std::uint64_t>::max()}, Error);
  static_assert(!std::constructible_from<Datum, std::nullptr_t>);
  static_assert(!std::constructible_from<Datum, void*>, "a pointer is no boolean");
}

TEST(Datum, AnotherCodecReadsTheSame) {
  msgpack::Writer writer;
  write_datum(writer, Datum::Map{{"list", Datum::List{1, -2, 0.5, true, Datum(), "x"}}});
  const auto* data = reinterpret_cast<const std::uint8_t*>(writer.bytes().data());
  EXPECT_EQ(nlohmann::json::from_msgpack(data, data + writer.size()),
            nlohmann::json::parse(R"({"list": [1, -2, 0.5, true, null, "x"]})"));
}

TEST(Datum, TheOrderIsTotalAndStrictAboutTypes) {
  const Datum::List all = samples();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < all.size(); ++j) {
      EXPECT_EQ(all[i] == all[j], i == j) << i << " " << j;
      EXPECT_EQ(all[i]<all[j], all[j]> all[i]);
      EXPECT_NE(all[i] < all[j], all[j] <= all[i]);
    }
  EXPECT_NE(Datum(1), Datum(1.0));
  EXPECT_NE(Datum(1), Datum(true));
  EXPECT_EQ(Datum(Datum::Map{{1, 2}, {3, 4}}), Datum(Datum::Map{{3, 4}, {1, 2}}));
  EXPECT_THROW(static_cast<void>(Datum("1").get<std::int64_t>()), TypeMismatch);
}

TEST(Datum, DeepOnesLargeOnesAndOnesWithAKeyTwiceAreRefused) {
  const auto nested = [](int depth) {
    return std::vector<std::byte>(static_cast<std::size_t>(depth), std::byte{0x91});
  };
  for (const int levels : {kMaxDatumDepth - 1, kMaxDatumDepth, 1'000'000}) {
    std::vector<std::byte> bytes = nested(levels);
    bytes.push_back(std::byte{0xc0});
    Datum datum;
    EXPECT_EQ(read(bytes, datum), levels < kMaxDatumDepth ? Status::ok : Status::too_large);
  }
  // 4 MiB of nulls would be 200 MB of values.
  std::vector<std::byte> nulls(protocol::kMaxMessageBytes, std::byte{0xc0});
  const std::uint32_t count = protocol::kMaxMessageBytes - 5;
  nulls[0] = std::byte{0xdd};
  for (std::size_t i = 0; i < 4; ++i) nulls[1 + i] = static_cast<std::byte>(count >> (24 - 8 * i));
  Datum datum;
  EXPECT_EQ(read(nulls, datum), Status::too_large);
  for (const auto& bad : std::vector<std::vector<int>>{{0x82, 1, 1, 1, 2}, {0x92, 1}, {0xc1}, {}}) {
    std::vector<std::byte> bytes;
    for (const int byte : bad) bytes.push_back(static_cast<std::byte>(byte));
    EXPECT_EQ(read(bytes, datum), Status::malformed);
  }
  // A map or a list as a key has no hash in Python, and here could be compared for ever.
  for (const auto& bad : std::vector<std::vector<int>>{{0x81, 0x80, 1}, {0x81, 0x91, 1, 1}}) {
    std::vector<std::byte> bytes;
    for (const int byte : bad) bytes.push_back(static_cast<std::byte>(byte));
    EXPECT_EQ(read(bytes, datum), Status::wrong_type);
  }
  const std::vector<std::byte> beyond = {std::byte{0xcf}, std::byte{0xff}, std::byte{0},
                                         std::byte{0},    std::byte{0},    std::byte{0},
                                         std::byte{0},    std::byte{0},    std::byte{0}};
  EXPECT_EQ(read(beyond, datum), Status::out_of_range);
}

}  // namespace
}  // namespace share::manager
