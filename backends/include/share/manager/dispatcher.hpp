// Answers the requests of protocol.hpp with the objects it holds: bytes in, bytes out, no sockets,
// so that tests and fuzzers reach everything a peer can reach. One thread of one process uses it;
// each request is applied as one, which is what makes `add` and `transform` atomic. Requests are
// untrusted: whatever their bytes, the answer is a well-formed reply. Throws std::bad_alloc when
// even a reply finds no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <share/manager/msgpack.hpp>
#include <share/manager/objects.hpp>
#include <share/manager/protocol.hpp>
#include <span>

namespace share::manager {

class Dispatcher {
 public:
  struct Options {
    /// Servers choose this at random, so that a number of one server means nothing to another.
    std::uint64_t first_object = 1;
    std::size_t max_object_bytes = std::size_t{1} << 30;
    /// Told to clients in the answer to `hello`; here a number like any other.
    std::uint64_t server_pid = 0;
  };

  explicit Dispatcher(const Options& options) noexcept
      : server_pid_(options.server_pid), objects_(options.first_object, options.max_object_bytes) {}

  /// Replaces the contents of `reply` by the answer to `request`.
  void handle(std::span<const std::byte> request, msgpack::Writer& reply);

 private:
  struct Call;  // one request being answered
  using Status = protocol::Status;

  // Each writes its reply when, and only when, it answers `ok`.
  Status run(Call& call);
  Status hello(Call& call);
  Status ping(Call& call);
  Status create(Call& call, protocol::ObjectKind kind);
  Status find(Call& call);
  Status load(Call& call);
  Status store(Call& call);
  Status add(Call& call);
  Status read(Call& call);
  Status write(Call& call);
  Status transform(Call& call);
  Status create_object(Call& call);
  Status call_method(Call& call);

  // Finds the call's object, which must be of that kind, and visits its elements.
  template <class Visitor>
  Status with_elements(Call& call, protocol::ObjectKind kind, Visitor&& visit);

  std::uint64_t server_pid_;
  ObjectTable objects_;
};

}  // namespace share::manager
