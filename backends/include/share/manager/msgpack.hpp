// MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md): a Writer that appends
// values to a byte buffer it keeps, and a Reader that walks over bytes nobody vouches for. Both
// hold plain values of their own process; nothing is shared between processes. The Reader never
// throws, never allocates and never recurses: every read says whether it succeeded, and a read that
// fails leaves the cursor where it was. The Writer throws share::Error for a length beyond 2^32 - 1
// and std::bad_alloc; once its buffer has grown it does not allocate. Extension types are not
// supported: the Reader calls them invalid.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace share::manager::msgpack {

/// Appends values. A sequence or a map is its header followed by its elements (key, value, ...).
class Writer {
 public:
  explicit Writer(std::size_t capacity = 256) { bytes_.reserve(capacity); }

  /// Forgets the contents and keeps the memory.
  void clear() noexcept { bytes_.clear(); }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }

  void nil();
  void boolean(bool value);
  /// Integers take the shortest form that holds them.
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  void real(double value);
  void real(float value);
  void text(std::string_view value);
  void binary(std::span<const std::byte> value);
  /// A binary value of `size` bytes that the caller fills in; valid until the next call.
  std::span<std::byte> binary_space(std::size_t size);
  void array_header(std::size_t elements);
  void map_header(std::size_t pairs);

  /// Bytes that are not a value of their own (the frame header of protocol.hpp).
  void raw(std::span<const std::byte> bytes);

 private:
  // A tag byte and `value` in big-endian order, in as many bytes as its type has.
  template <std::unsigned_integral U>
  void tagged(unsigned tag, U value);
  // The header of a text, binary, array or map; see the .cpp file for the tags.
  struct LengthTags;
  void length(const LengthTags& tags, std::size_t value);

  std::vector<std::byte> bytes_;
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
  invalid,  ///< a truncated value, an impossible length, or a byte that starts no supported value
  end,      ///< no bytes are left
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
  [[nodiscard]] bool integer(std::int64_t& value) noexcept;
  [[nodiscard]] bool unsigned_integer(std::uint64_t& value) noexcept;
  /// A float or a double, never an integer.
  [[nodiscard]] bool real(double& value) noexcept;
  [[nodiscard]] bool text(std::string_view& value) noexcept;
  [[nodiscard]] bool binary(std::span<const std::byte>& value) noexcept;
  /// The element count of a sequence; refused when it exceeds the bytes that are left, so it may be
  /// used to reserve memory. The elements follow.
  [[nodiscard]] bool array_header(std::size_t& elements) noexcept;
  [[nodiscard]] bool map_header(std::size_t& pairs) noexcept;
  /// Steps over one value with everything inside it, however deep.
  [[nodiscard]] bool skip() noexcept;

 private:
  struct Token {
    Type type = Type::invalid;
    std::size_t head = 0;     // bytes of tag and length, or of the whole scalar
    std::uint64_t value = 0;  // the scalar's bits, or the length
    bool negative = false;    // the bits are those of a negative int64
    bool single = false;      // the bits are those of a float
  };
  Token token() const noexcept;
  Token scalar(Token token, std::size_t bytes) const noexcept;
  Token sized(Type type, std::size_t length_bytes) const noexcept;
  Token checked(Token token) const noexcept;
  bool take(Type type, Token& found) noexcept;
  std::uint64_t big_endian(std::size_t offset, std::size_t bytes) const noexcept;

  std::span<const std::byte> rest_;
};

}  // namespace share::manager::msgpack
