#include <bit>
#include <limits>
#include <share/core/error.hpp>
#include <share/manager/msgpack.hpp>
#include <string>

namespace share::manager::msgpack {

// First bytes of the forms of one kind of value that has a length; 0 where a form does not exist.
struct Writer::LengthTags {
  unsigned fix_tag;
  std::size_t fix_limit;
  unsigned tag8, tag16, tag32;
};

void Writer::grow(std::size_t bytes) {
  const std::size_t capacity = std::max(2 * capacity_, size_ + bytes);
  auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity);
  if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

void Writer::raw(std::span<const std::byte> bytes) {
  if (!bytes.empty()) std::memcpy(space(bytes.size()), bytes.data(), bytes.size());
}

void Writer::negative_integer(std::int64_t value) {
  if (value >= -32) {
    *space(1) = static_cast<std::byte>(value);
  } else if (value >= std::numeric_limits<std::int8_t>::min()) {
    tagged(0xd0, static_cast<std::uint8_t>(value));
  } else if (value >= std::numeric_limits<std::int16_t>::min()) {
    tagged(0xd1, static_cast<std::uint16_t>(value));
  } else if (value >= std::numeric_limits<std::int32_t>::min()) {
    tagged(0xd2, static_cast<std::uint32_t>(value));
  } else {
    tagged(0xd3, static_cast<std::uint64_t>(value));
  }
}

void Writer::real(double value) { tagged(0xcb, std::bit_cast<std::uint64_t>(value)); }

void Writer::real(float value) { tagged(0xca, std::bit_cast<std::uint32_t>(value)); }

void Writer::length(const LengthTags& tags, std::size_t value) {
  if (value <= tags.fix_limit && tags.fix_tag != 0) {
    *space(1) = static_cast<std::byte>(tags.fix_tag + value);
  } else if (value <= std::numeric_limits<std::uint8_t>::max() && tags.tag8 != 0) {
    tagged(tags.tag8, static_cast<std::uint8_t>(value));
  } else if (value <= std::numeric_limits<std::uint16_t>::max()) {
    tagged(tags.tag16, static_cast<std::uint16_t>(value));
  } else if (value <= std::numeric_limits<std::uint32_t>::max()) {
    tagged(tags.tag32, static_cast<std::uint32_t>(value));
  } else {
    throw Error("MessagePack cannot hold a length of " + std::to_string(value));
  }
}

void Writer::text(std::string_view value) {
  length({0xa0, 31, 0xd9, 0xda, 0xdb}, value.size());
  raw(std::as_bytes(std::span(value)));
}

void Writer::binary(std::span<const std::byte> value) {
  length({0, 0, 0xc4, 0xc5, 0xc6}, value.size());
  raw(value);
}

std::span<std::byte> Writer::binary_space(std::size_t size) {
  length({0, 0, 0xc4, 0xc5, 0xc6}, size);
  return {space(size), size};
}

void Writer::array_header(std::size_t elements) { length({0x90, 15, 0, 0xdc, 0xdd}, elements); }

void Writer::map_header(std::size_t pairs) { length({0x80, 15, 0, 0xde, 0xdf}, pairs); }

void Writer::extension(std::int8_t type, std::uint64_t content) {
  tagged(0xd7, static_cast<std::uint8_t>(type));
  const std::uint64_t bytes = big_endian(content);
  raw(std::as_bytes(std::span(&bytes, 1)));
}

}  // namespace share::manager::msgpack
