#include <bit>
#include <limits>
#include <share/manager/msgpack.hpp>

namespace share::manager::msgpack {
namespace {

constexpr std::size_t kExtensionBytes = 10;  // tag, type, content

}  // namespace

// The caller has checked that the bytes are there.
std::uint64_t Reader::number_at(std::size_t offset, std::size_t bytes) const noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value = value << 8 | std::to_integer<std::uint64_t>(rest_[offset + i]);
  }
  return value;
}

Reader::Token Reader::scalar(Token token, std::size_t bytes) const noexcept {
  if (rest_.size() < 1 + bytes) return {};
  token.head = 1 + bytes;
  token.value = number_at(1, bytes);
  if (token.negative) {  // a signed form: extend its sign, and keep the mark only if it is set
    const unsigned unused = static_cast<unsigned>(64 - 8 * bytes);
    token.value =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(token.value << unused) >> unused);
    token.negative = (token.value >> 63) != 0;
  }
  return token;
}

Reader::Token Reader::sized(Type type, std::size_t length_bytes) const noexcept {
  if (rest_.size() < 1 + length_bytes) return {};
  return checked({.type = type, .head = 1 + length_bytes, .value = number_at(1, length_bytes)});
}

// Refuses a length that the remaining bytes cannot hold: an element of a sequence takes one byte at
// least, a pair of a map two.
Reader::Token Reader::checked(Token token) const noexcept {
  const std::uint64_t left = rest_.size() - token.head;
  const std::uint64_t limit = token.type == Type::map ? left / 2 : left;
  return token.value <= limit ? token : Token{};
}

Reader::Token Reader::token() const noexcept {
  if (rest_.empty()) return {.type = Type::end};
  const auto tag = std::to_integer<std::uint8_t>(rest_.front());
  const auto low = [tag](unsigned mask) { return static_cast<std::uint64_t>(tag & mask); };
  if (tag <= 0x7f) return {.type = Type::integer, .head = 1, .value = tag};
  if (tag <= 0x8f) return checked({.type = Type::map, .head = 1, .value = low(0x0f)});
  if (tag <= 0x9f) return checked({.type = Type::array, .head = 1, .value = low(0x0f)});
  if (tag <= 0xbf) return checked({.type = Type::text, .head = 1, .value = low(0x1f)});
  if (tag >= 0xe0) {
    const auto value = static_cast<std::int8_t>(tag);
    return {.type = Type::integer,
            .head = 1,
            .value = static_cast<std::uint64_t>(std::int64_t{value}),
            .negative = true};
  }
  const Token natural{.type = Type::integer};
  const Token whole{.type = Type::integer, .negative = true};
  switch (tag) {
    case 0xc0:
      return {.type = Type::nil, .head = 1};
    case 0xc2:
      return {.type = Type::boolean, .head = 1, .value = 0};
    case 0xc3:
      return {.type = Type::boolean, .head = 1, .value = 1};
    case 0xc4:
      return sized(Type::binary, 1);
    case 0xc5:
      return sized(Type::binary, 2);
    case 0xc6:
      return sized(Type::binary, 4);
    case 0xca:
      return scalar({.type = Type::real, .single = true}, 4);
    case 0xcb:
      return scalar({.type = Type::real}, 8);
    case 0xcc:
      return scalar(natural, 1);
    case 0xcd:
      return scalar(natural, 2);
    case 0xce:
      return scalar(natural, 4);
    case 0xcf:
      return scalar(natural, 8);
    case 0xd0:
      return scalar(whole, 1);
    case 0xd1:
      return scalar(whole, 2);
    case 0xd2:
      return scalar(whole, 4);
    case 0xd3:
      return scalar(whole, 8);
    case 0xd7:
      if (rest_.size() < kExtensionBytes) return {};
      return {.type = Type::extension,
              .head = kExtensionBytes,
              .value = number_at(2, 8),
              .extension = std::to_integer<std::int8_t>(rest_[1])};
    case 0xd9:
      return sized(Type::text, 1);
    case 0xda:
      return sized(Type::text, 2);
    case 0xdb:
      return sized(Type::text, 4);
    case 0xdc:
      return sized(Type::array, 2);
    case 0xdd:
      return sized(Type::array, 4);
    case 0xde:
      return sized(Type::map, 2);
    case 0xdf:
      return sized(Type::map, 4);
    default:
      return {};
  }
}

Type Reader::next() const noexcept { return token().type; }

bool Reader::take(Type type, Token& found) noexcept {
  found = token();
  if (found.type != type) return false;
  rest_ = rest_.subspan(found.head);
  return true;
}

bool Reader::nil() noexcept {
  Token found;
  return take(Type::nil, found);
}

bool Reader::boolean(bool& value) noexcept {
  Token found;
  if (!take(Type::boolean, found)) return false;
  value = found.value != 0;
  return true;
}

bool Reader::any_integer(std::int64_t& value) noexcept {
  const Token found = token();
  if (found.type != Type::integer) return false;
  if (!found.negative && found.value > std::numeric_limits<std::int64_t>::max()) return false;
  rest_ = rest_.subspan(found.head);
  value = static_cast<std::int64_t>(found.value);
  return true;
}

bool Reader::any_unsigned_integer(std::uint64_t& value) noexcept {
  const Token found = token();
  if (found.type != Type::integer || found.negative) return false;
  rest_ = rest_.subspan(found.head);
  value = found.value;
  return true;
}

bool Reader::real(double& value) noexcept {
  Token found;
  if (!take(Type::real, found)) return false;
  value = found.single
              ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(found.value)))
              : std::bit_cast<double>(found.value);
  return true;
}

bool Reader::text(std::string_view& value) noexcept {
  Token found;
  if (!take(Type::text, found)) return false;
  const auto size = static_cast<std::size_t>(found.value);
  value = {reinterpret_cast<const char*>(rest_.data()), size};
  rest_ = rest_.subspan(size);
  return true;
}

bool Reader::binary(std::span<const std::byte>& value) noexcept {
  Token found;
  if (!take(Type::binary, found)) return false;
  value = rest_.first(static_cast<std::size_t>(found.value));
  rest_ = rest_.subspan(value.size());
  return true;
}

bool Reader::array_header(std::size_t& elements) noexcept {
  Token found;
  if (!take(Type::array, found)) return false;
  elements = static_cast<std::size_t>(found.value);
  return true;
}

bool Reader::map_header(std::size_t& pairs) noexcept {
  Token found;
  if (!take(Type::map, found)) return false;
  pairs = static_cast<std::size_t>(found.value);
  return true;
}

bool Reader::extension(std::int8_t& type, std::uint64_t& content) noexcept {
  Token found;
  if (!take(Type::extension, found)) return false;
  type = found.extension;
  content = found.value;
  return true;
}

bool Reader::next_extension(std::int8_t& type, std::uint64_t& content) noexcept {
  for (;;) {
    const Token found = token();
    switch (found.type) {
      case Type::invalid:
      case Type::end:
        return false;
      case Type::extension:
        return extension(type, content);
      case Type::text:
      case Type::binary:
        rest_ = rest_.subspan(found.head + static_cast<std::size_t>(found.value));
        break;
      default:  // what is in a list or a map follows its head
        rest_ = rest_.subspan(found.head);
        break;
    }
  }
}

// A count of values still to be stepped over takes the place of recursion. It cannot overflow: each
// header adds no more than the bytes that follow it.
bool Reader::skip_any() noexcept {
  const std::span<const std::byte> start = rest_;
  for (std::uint64_t due = 1; due > 0; --due) {
    const Token found = token();
    std::uint64_t size = found.head;
    switch (found.type) {
      case Type::invalid:
      case Type::end:
        rest_ = start;
        return false;
      case Type::text:
      case Type::binary:
        size += found.value;
        break;
      case Type::array:
        due += found.value;
        break;
      case Type::map:
        due += 2 * found.value;
        break;
      default:
        break;
    }
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace share::manager::msgpack
