// The messages between a manager's server and its clients, as docs/manager-protocol.md states them
// byte by byte: a fixed little-endian header, then the arguments as MessagePack values. Pure
// functions over bytes, the same on every host; nothing is shared and nothing throws but
// std::bad_alloc.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <share/core/element.hpp>
#include <share/manager/msgpack.hpp>
#include <span>
#include <string_view>

namespace share::manager::protocol {

inline constexpr std::string_view kMagic = "SHMG";
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kHeaderBytes = 22;
/// A longer message is refused by either side.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{4} << 20;
/// Elements that one `read` or `write` of a proxy carries; leaves room for the rest of the message.
inline constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxNameBytes = 255;
/// What a call may wait in the server at most; both sides cut longer waits to it, so that no
/// deadline overflows.
inline constexpr std::chrono::nanoseconds kLongestWait = std::chrono::hours(24 * 365);

enum class Operation : std::uint8_t {
  hello = 1,
  ping = 2,
  create_value = 3,
  create_array = 4,
  find = 5,
  load = 6,
  store = 7,
  add = 8,
  read = 9,
  write = 10,
  transform = 11,
  create_object = 12,
  call = 13,
  batch = 14,
  // The following are not answered.
  cancel = 15,
  leave = 16,
  release = 17,
  // These are.
  identify = 18,
  remove_name = 19,
  references = 20,
  remember = 21,
  again = 22,
};

/// Stands where a request has its operation; the ranges do not meet, so that neither passes for the
/// other.
enum class Status : std::uint8_t {
  waiting = 0,  ///< within the server only: the answer comes later
  ok = 128,
  malformed = 129,
  wrong_version = 130,
  no_such_operation = 131,
  no_such_object = 132,
  object_exists = 133,
  wrong_type = 134,
  out_of_range = 135,
  too_large = 136,
  no_such_method = 137,
  no_such_key = 138,
  no_such_item = 139,
  not_held = 140,
  broken = 141,
  empty = 142,
  full = 143,
  closed = 144,
  not_greeted = 145,
  failed = 146,
  outcome_unknown = 147,
};

/// What an object is; travels as a number in answers to `find`. `served`: by its methods.
enum class ObjectKind : std::uint8_t { value = 1, array = 2, served = 3 };

/// For messages: "add", "no such object". An unknown number gives "unknown".
std::string_view name_of(Operation operation) noexcept;
std::string_view name_of(Status status) noexcept;

struct Header {
  std::uint8_t version = kVersion;
  std::uint8_t code = 0;      ///< an Operation or a Status
  std::uint64_t request = 0;  ///< chosen by the client, repeated in the answer
  std::uint64_t object = 0;   ///< 0 where no object is meant
};

void write_header(msgpack::Writer& to, const Header& header);
inline void write_header(msgpack::Writer& to, Operation operation, std::uint64_t request,
                         std::uint64_t object) {
  write_header(
      to, {.code = static_cast<std::uint8_t>(operation), .request = request, .object = object});
}
inline void write_header(msgpack::Writer& to, Status status, std::uint64_t request,
                         std::uint64_t object) {
  write_header(to,
               {.code = static_cast<std::uint8_t>(status), .request = request, .object = object});
}

/// False for too few bytes or another magic. The version is left to the caller, because these 22
/// bytes mean the same in every version.
[[nodiscard]] bool read_header(std::span<const std::byte> message, Header& header) noexcept;

/// One element as a MessagePack value: an integer, a float or a double.
template <Element T>
void write_element(msgpack::Writer& to, T value) {
  if constexpr (std::floating_point<T>) {
    to.real(value);
  } else if constexpr (std::signed_integral<T>) {
    to.integer(value);
  } else {
    to.unsigned_integer(value);
  }
}

/// What is there instead of a value of that type, or of one that fits.
[[nodiscard]] inline Status why_no_element(const msgpack::Reader& from,
                                           msgpack::Type wanted) noexcept {
  const msgpack::Type found = from.next();
  if (found == msgpack::Type::invalid || found == msgpack::Type::end) return Status::malformed;
  return found == wanted ? Status::out_of_range : Status::wrong_type;
}

/// `wrong_type` for another kind of value, `out_of_range` for an integer that T does not hold.
/// Nothing is converted in silence: 1.0 is no integer and 1 is no double.
template <Element T>
[[nodiscard]] Status read_element(msgpack::Reader& from, T& value) noexcept {
  if constexpr (std::floating_point<T>) {
    double wide = 0;
    if (!from.real(wide)) return why_no_element(from, msgpack::Type::real);
    value = static_cast<T>(wide);
    return static_cast<double>(value) == wide || wide != wide ? Status::ok : Status::out_of_range;
  } else {
    using Wide = std::conditional_t<std::signed_integral<T>, std::int64_t, std::uint64_t>;
    Wide wide = 0;
    if constexpr (std::signed_integral<T>) {
      if (!from.integer(wide)) return why_no_element(from, msgpack::Type::integer);
    } else {
      if (!from.unsigned_integer(wide)) return why_no_element(from, msgpack::Type::integer);
    }
    value = static_cast<T>(wide);
    return static_cast<Wide>(value) == wide ? Status::ok : Status::out_of_range;
  }
}

/// The request `add` and its answer, as client and server send them; public so that a measurement
/// can send the same bytes without a manager.
template <Element T>
void encode_add(msgpack::Writer& to, std::uint64_t request, std::uint64_t object, T amount) {
  write_header(to, Operation::add, request, object);
  write_element(to, amount);
}
template <Element T>
void encode_add_reply(msgpack::Writer& to, std::uint64_t request, std::uint64_t object, T before) {
  write_header(to, Status::ok, request, object);
  write_element(to, before);
}

}  // namespace share::manager::protocol
