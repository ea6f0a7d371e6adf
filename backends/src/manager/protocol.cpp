#include <bit>
#include <cstring>
#include <share/manager/protocol.hpp>

namespace share::manager::protocol {
namespace {

// Where the fields of the header start.
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kCodeAt = 5;
constexpr std::size_t kRequestAt = 6;
constexpr std::size_t kObjectAt = 14;
static_assert(kObjectAt + sizeof(std::uint64_t) == kHeaderBytes);

// To and from the order of the header, least significant byte first.
constexpr std::uint64_t little_endian(std::uint64_t value) noexcept {
  return std::endian::native == std::endian::little ? value : __builtin_bswap64(value);
}

void put_u64(std::byte* at, std::uint64_t value) noexcept {
  value = little_endian(value);
  std::memcpy(at, &value, sizeof value);
}

std::uint64_t get_u64(const std::byte* at) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return little_endian(value);
}

}  // namespace

void write_header(msgpack::Writer& to, const Header& header) {
  std::byte* bytes = to.raw_space(kHeaderBytes);
  std::memcpy(bytes, kMagic.data(), kMagic.size());
  bytes[kVersionAt] = std::byte{header.version};
  bytes[kCodeAt] = std::byte{header.code};
  put_u64(bytes + kRequestAt, header.request);
  put_u64(bytes + kObjectAt, header.object);
}

bool read_header(std::span<const std::byte> message, Header& header) noexcept {
  if (message.size() < kHeaderBytes) return false;
  if (std::memcmp(message.data(), kMagic.data(), kMagic.size()) != 0) return false;
  header.version = std::to_integer<std::uint8_t>(message[kVersionAt]);
  header.code = std::to_integer<std::uint8_t>(message[kCodeAt]);
  header.request = get_u64(&message[kRequestAt]);
  header.object = get_u64(&message[kObjectAt]);
  return true;
}

std::string_view name_of(Operation operation) noexcept {
  switch (operation) {
    case Operation::hello:
      return "hello";
    case Operation::ping:
      return "ping";
    case Operation::create_value:
      return "create_value";
    case Operation::create_array:
      return "create_array";
    case Operation::find:
      return "find";
    case Operation::load:
      return "load";
    case Operation::store:
      return "store";
    case Operation::add:
      return "add";
    case Operation::read:
      return "read";
    case Operation::write:
      return "write";
    case Operation::transform:
      return "transform";
    case Operation::create_object:
      return "create_object";
    case Operation::call:
      return "call";
    case Operation::batch:
      return "batch";
    case Operation::cancel:
      return "cancel";
    case Operation::leave:
      return "leave";
    case Operation::release:
      return "release";
    case Operation::identify:
      return "identify";
    case Operation::remove_name:
      return "remove_name";
    case Operation::references:
      return "references";
    case Operation::remember:
      return "remember";
    case Operation::again:
      return "again";
  }
  return "unknown";
}

std::string_view name_of(Status status) noexcept {
  switch (status) {
    case Status::waiting:
      return "waiting";
    case Status::ok:
      return "ok";
    case Status::malformed:
      return "malformed message";
    case Status::wrong_version:
      return "wrong protocol version";
    case Status::no_such_operation:
      return "no such operation";
    case Status::no_such_object:
      return "no such object";
    case Status::object_exists:
      return "object exists already";
    case Status::wrong_type:
      return "wrong type";
    case Status::out_of_range:
      return "out of range";
    case Status::too_large:
      return "too large";
    case Status::no_such_method:
      return "no such method";
    case Status::no_such_key:
      return "no such key";
    case Status::no_such_item:
      return "no such item";
    case Status::not_held:
      return "not held by the caller";
    case Status::broken:
      return "the barrier is broken";
    case Status::empty:
      return "the queue is empty";
    case Status::full:
      return "the queue is full";
    case Status::closed:
      return "the queue is closed";
    case Status::not_greeted:
      return "the client has not greeted the server";
    case Status::failed:
      return "the method failed";
    case Status::outcome_unknown:
      return "outcome unknown";
  }
  return "unknown";
}

}  // namespace share::manager::protocol
