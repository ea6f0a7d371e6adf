// Datum: what the containers of a manager hold and what methods take and return: null, boolean,
// integer, double, text, bytes, a list or a map of the same, or a reference to an object of the
// server. A plain value of its own process; it travels as MessagePack. Types are strict: 1, 1.0 and
// true are three different values, and nothing is converted in silence (Python's dict takes them
// for one key).
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <share/manager/msgpack.hpp>
#include <share/manager/protocol.hpp>
#include <share/manager/reference.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace share::manager {

class Datum {
 public:
  using Null = std::monostate;
  using Bytes = std::vector<std::byte>;
  using List = std::vector<Datum>;
  using Entry = std::pair<Datum, Datum>;  ///< key and value
  using Map = std::vector<Entry>;         ///< in order of insertion; no key stands twice
  using Content =
      std::variant<Null, bool, std::int64_t, double, std::string, Bytes, List, Map, Reference>;

  Datum() noexcept = default;
  Datum(std::same_as<bool> auto value) : content_(value) {}
  /// @throws Error for one beyond 64 bits with sign.
  template <std::integral T>
  requires(!std::same_as<T, bool>) Datum(T value) : content_(signed_of(value)) {}
  template <std::floating_point T>
  requires(sizeof(T) <= sizeof(double)) Datum(T value) : content_(double{value}) {}
  Datum(std::nullptr_t) = delete;  // a null text; null is Datum()
  Datum(const char* text) : content_(std::string(text)) {}
  Datum(std::string_view text) : content_(std::string(text)) {}
  Datum(std::string text) : content_(std::move(text)) {}
  Datum(Bytes bytes) : content_(std::move(bytes)) {}
  Datum(List list) : content_(std::move(list)) {}
  Datum(Map map) : content_(std::move(map)) {}
  Datum(Reference reference) : content_(std::move(reference)) {}

  // Not inline: GCC 12 takes the unused alternatives of an inlined one for uninitialised.
  Datum(const Datum&);
  Datum(Datum&&) noexcept;
  Datum& operator=(const Datum&);
  Datum& operator=(Datum&&) noexcept;
  ~Datum();

  const Content& content() const noexcept { return content_; }
  Content& content() noexcept { return content_; }
  bool is_null() const noexcept { return content_.index() == 0; }

  /// The content as a bool, std::int64_t, double, std::string, Bytes, List, Map or
  /// Reference. @throws TypeMismatch when it is of another type.
  template <class T>
  const T& get() const {
    if (const T* found = std::get_if<T>(&content_)) return *found;
    refuse(Content(std::in_place_type<T>).index());
  }

  /// "integer", "text"; for messages.
  std::string_view type_name() const noexcept;
  /// Bytes it takes in memory, with everything inside it.
  std::size_t memory_bytes() const noexcept;
  /// Neither a list nor a map nor a reference: may be a key.
  bool is_scalar() const noexcept { return content_.index() < kFirstOther; }
  /// Bytes it takes in a message.
  std::size_t message_bytes() const noexcept;

  /// A total order: by type, then by value, maps by their size first; doubles as IEEE 754
  /// totalOrder, so that NaN is a key.
  /// Two maps are equal whatever the order of their entries.
  friend std::strong_ordering operator<=>(const Datum& a, const Datum& b);
  friend bool operator==(const Datum& a, const Datum& b);

 private:
  static constexpr std::size_t kFirstOther = 6;
  template <class T>
  static std::int64_t signed_of(T value) {
    if (!std::in_range<std::int64_t>(value)) refuse_beyond(static_cast<std::uint64_t>(value));
    return static_cast<std::int64_t>(value);
  }
  [[noreturn]] static void refuse_beyond(std::uint64_t value);
  [[noreturn]] void refuse(std::size_t wanted) const;
  Content content_;
};

/// Values inside values, at most: a deeper one is refused, so that nobody's stack is at stake.
inline constexpr int kMaxDatumDepth = 32;
/// Memory of one decoded value: a byte of a message may stand for a whole element.
inline constexpr std::size_t kMaxDatumMemory = std::size_t{64} << 20;
/// What a container stores as one item (of a dictionary: key and value), as bytes of a message: so
/// it fits into an answer again.
inline constexpr std::size_t kMaxItemBytes = std::size_t{3} << 20;

/// Memory that a stored reference is taken to need beyond its own: what it takes to note that a
/// client refers to the object, so that there is room for it when the reference is taken out.
inline constexpr std::size_t kReferenceBytes = 96;

/// The extension type of a reference.
inline constexpr std::int8_t kReferenceType = 1;

void write_datum(msgpack::Writer& to, const Datum& datum);
/// Adds those inside it.
void collect_references(const Datum& datum, std::vector<Reference>& to);

/// @param keeper what keeps alive what is referred to; null where there can be no references.
/// @return `malformed` for what is no value or a map with a key twice, `wrong_type` for a key that
/// is a list, a map or a reference, `no_such_object` for a reference to nothing, `too_large` for
/// one nested too deep or beyond kMaxDatumMemory, `out_of_range` for an integer beyond 64 bits with
/// sign.
[[nodiscard]] protocol::Status read_datum(msgpack::Reader& from, Datum& datum, Keeper* keeper);

}  // namespace share::manager
