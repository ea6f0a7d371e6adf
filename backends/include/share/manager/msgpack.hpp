// MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md): a Writer that appends
// values to a byte buffer it keeps, and a Reader that walks over bytes nobody vouches for. Both
// hold plain values of their own process; nothing is shared between processes. The Reader never
// throws, never allocates and never recurses: every read says whether it succeeded, and a read that
// fails leaves the cursor where it was. The Writer throws share::Error for a length beyond 2^32 - 1
// and std::bad_alloc; once its buffer has grown it does not allocate. Of the
// extension types those of eight bytes are supported: the Reader calls the others invalid.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace share::manager::msgpack {

/// To and from the order of MessagePack, most significant byte first.
constexpr std::uint64_t big_endian(std::uint64_t value) noexcept {
  return std::endian::native == std::endian::big ? value : __builtin_bswap64(value);
}

/// Appends values. A sequence or a map is its header followed by its elements (key, value, ...).
class Writer {
 public:
  explicit Writer(std::size_t capacity = 256)
      : bytes_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity) {}
  Writer(Writer&& other) noexcept
      : bytes_(std::move(other.bytes_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Writer& operator=(Writer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }

  /// Forgets the contents and keeps the memory.
  void clear() noexcept { size_ = 0; }
  std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }
  std::size_t size() const noexcept { return size_; }

  void nil() { *space(1) = std::byte{0xc0}; }
  void boolean(bool value) { *space(1) = value ? std::byte{0xc3} : std::byte{0xc2}; }
  /// Integers take the shortest form that holds them. In the header, as numbers are what most
  /// messages are made of.
  void integer(std::int64_t value) {
    if (value >= 0) {
      unsigned_integer(static_cast<std::uint64_t>(value));
    } else {
      negative_integer(value);
    }
  }
  void unsigned_integer(std::uint64_t value) {
    if (value <= 0x7f) {
      *space(1) = static_cast<std::byte>(value);
    } else if (value <= std::numeric_limits<std::uint8_t>::max()) {
      tagged(0xcc, static_cast<std::uint8_t>(value));
    } else if (value <= std::numeric_limits<std::uint16_t>::max()) {
      tagged(0xcd, static_cast<std::uint16_t>(value));
    } else if (value <= std::numeric_limits<std::uint32_t>::max()) {
      tagged(0xce, static_cast<std::uint32_t>(value));
    } else {
      tagged(0xcf, value);
    }
  }
  void real(double value);
  void real(float value);
  void text(std::string_view value);
  void binary(std::span<const std::byte> value);
  /// A binary value of `size` bytes that the caller fills in; valid until the next call.
  std::span<std::byte> binary_space(std::size_t size);
  void array_header(std::size_t elements);
  void map_header(std::size_t pairs);
  /// A value of an extension type whose content is a number of eight bytes.
  void extension(std::int8_t type, std::uint64_t content);

  /// Bytes that are not a value of their own (the frame header of protocol.hpp).
  void raw(std::span<const std::byte> bytes);
  /// So many of them that the caller fills in; valid until the next call.
  std::byte* raw_space(std::size_t bytes) { return space(bytes); }

 private:
  // A tag byte and `value` in big-endian order, in as many bytes as its type has.
  template <std::unsigned_integral U>
  void tagged(unsigned tag, U value) {
    std::byte* to = space(1 + sizeof(U));
    *to = static_cast<std::byte>(tag);
    const std::uint64_t bytes = big_endian(std::uint64_t{value} << (64 - 8 * sizeof(U)));
    std::memcpy(to + 1, &bytes, sizeof(U));
  }
  void negative_integer(std::int64_t value);
  // The next `bytes` of the buffer, to be filled in.
  std::byte* space(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
    return bytes_.get() + std::exchange(size_, size_ + bytes);
  }
  void grow(std::size_t bytes);
  // The header of a text, binary, array or map; see the .cpp file for the tags.
  struct LengthTags;
  void length(const LengthTags& tags, std::size_t value);

  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0, capacity_ = 0;
};

enum class Type : std::uint8_t {
  nil,
  boolean,
  integer,
  real,
  text,
  binary,
  array,
  map,
  extension,  ///< of eight bytes
  invalid,    ///< a truncated value, an impossible length, or a byte that starts no supported value
  end,        ///< no bytes are left
};

/// A cursor over untrusted bytes, which must outlive it and the views it returns.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) noexcept : rest_(bytes) {}

  /// What the next read will find.
  [[nodiscard]] Type next() const noexcept;
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }

  [[nodiscard]] bool nil() noexcept;
  [[nodiscard]] bool boolean(bool& value) noexcept;
  /// Any encoded integer that the type holds; false for one that it does not.
  [[nodiscard]] bool integer(std::int64_t& value) noexcept {
    std::uint64_t bits = 0;
    if (!usual_integer(bits)) return any_integer(value);
    value = static_cast<std::int64_t>(bits);
    return true;
  }
  [[nodiscard]] bool unsigned_integer(std::uint64_t& value) noexcept {
    return usual_integer(value) || any_unsigned_integer(value);
  }
  /// A float or a double, never an integer.
  [[nodiscard]] bool real(double& value) noexcept;
  [[nodiscard]] bool text(std::string_view& value) noexcept;
  [[nodiscard]] bool binary(std::span<const std::byte>& value) noexcept;
  /// The element count of a sequence; refused when it exceeds the bytes that are left, so it may be
  /// used to reserve memory. The elements follow.
  [[nodiscard]] bool array_header(std::size_t& elements) noexcept;
  [[nodiscard]] bool map_header(std::size_t& pairs) noexcept;
  [[nodiscard]] bool extension(std::int8_t& type, std::uint64_t& content) noexcept;
  /// Steps over everything, however deep, to the next extension and reads it; false when there is
  /// none before the end or something invalid.
  [[nodiscard]] bool next_extension(std::int8_t& type, std::uint64_t& content) noexcept;
  /// Steps over one value with everything inside it, however deep.
  [[nodiscard]] bool skip() noexcept {
    std::uint64_t ignored = 0;
    return usual_integer(ignored) || skip_any();
  }

 private:
  struct Token {
    Type type = Type::invalid;
    std::size_t head = 0;       // bytes of tag and length, or of the whole scalar
    std::uint64_t value = 0;    // the scalar's bits, or the length
    bool negative = false;      // the bits are those of a negative int64
    bool single = false;        // the bits are those of a float
    std::int8_t extension = 0;  // the extension's type
  };
  // The forms that most integers have: one byte, or eight (object numbers); below 2^63. False, and
  // nothing read, for all others.
  bool usual_integer(std::uint64_t& value) noexcept {
    if (rest_.empty()) return false;
    const auto tag = std::to_integer<std::uint8_t>(rest_.front());
    if (tag <= 0x7f) {
      value = tag;
      rest_ = rest_.subspan(1);
      return true;
    }
    if (tag != 0xcf || rest_.size() < 9) return false;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, rest_.data() + 1, sizeof bytes);
    bytes = big_endian(bytes);
    if ((bytes >> 63) != 0) return false;
    value = bytes;
    rest_ = rest_.subspan(9);
    return true;
  }
  bool any_integer(std::int64_t& value) noexcept;
  bool any_unsigned_integer(std::uint64_t& value) noexcept;
  bool skip_any() noexcept;
  Token token() const noexcept;
  Token scalar(Token token, std::size_t bytes) const noexcept;
  Token sized(Type type, std::size_t length_bytes) const noexcept;
  Token checked(Token token) const noexcept;
  bool take(Type type, Token& found) noexcept;
  std::uint64_t number_at(std::size_t offset, std::size_t bytes) const noexcept;

  std::span<const std::byte> rest_;
};

}  // namespace share::manager::msgpack
