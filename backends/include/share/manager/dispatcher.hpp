// Answers the requests of protocol.hpp with the objects it holds: bytes in, bytes out, no sockets,
// so that tests and fuzzers reach everything a peer can reach. One thread of one process uses it;
// each request is applied as one, which is what makes `add` and `transform` atomic. Some calls
// wait: they are answered later, by next_answer(). Requests are untrusted: whatever their bytes,
// the answer is a well-formed reply. Throws std::bad_alloc when even a reply finds no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <share/manager/msgpack.hpp>
#include <share/manager/objects.hpp>
#include <share/manager/protocol.hpp>
#include <share/manager/remembered.hpp>
#include <share/manager/waits.hpp>
#include <span>
#include <string>
#include <string_view>

namespace share::manager {

/// Who wants to know which clients there are, to tell when they end.
class ClientObserver {
 public:
  virtual ~ClientObserver() = default;
  /// Greeted, perhaps again, from process `pid` that started at `start` (process_watch.hpp), as it
  /// says. Returns the pid, or 0 when there is no such process on this machine.
  virtual std::uint64_t greeted(std::uint64_t client, std::uint64_t pid, std::uint64_t start) = 0;
  virtual void left(std::uint64_t client) noexcept = 0;
};

class Dispatcher {
 public:
  struct Options {
    /// Servers choose this at random, so that a number of one server means nothing to another.
    std::uint64_t first_object = 1;
    std::size_t max_object_bytes = std::size_t{1} << 30;
    /// Told to clients in the answer to `hello`; here a number like any other.
    std::uint64_t server_pid = 0;
    ClientObserver* observer = nullptr;
  };

  explicit Dispatcher(const Options& options) noexcept
      : server_pid_(options.server_pid),
        observer_(options.observer),
        objects_(options.first_object, options.max_object_bytes) {}

  /// Replaces the contents of `reply` by the answer to `request`.
  /// @param identity of the client, as the transport knows it; empty for the owner, who can neither
  /// hold anything nor wait.
  /// @return false when there is no answer, or not yet.
  bool handle(std::string_view identity, std::span<const std::byte> request,
              msgpack::Writer& reply);

  /// Answers to calls that waited: to be taken after each of the other functions until it returns
  /// false. `identity`: whose answer it is.
  bool next_answer(std::string& identity, msgpack::Writer& reply);
  /// When the next waiting call runs out of time.
  std::optional<Waits::Clock::time_point> next_deadline() const noexcept;
  /// Ends the waiting of calls whose time has run out.
  void expire(Waits::Clock::time_point now);
  /// A client's process has ended: frees what it held. What it may still have sent is refused,
  /// until clients().forget() says that nothing of it is left.
  void client_ended(std::uint64_t client);
  /// A client's connection has ended: frees what it held.
  void client_gone(std::uint64_t client);
  Clients& clients() noexcept { return objects_.host().clients; }
  /// What the objects may still take together.
  std::size_t free_bytes() const noexcept { return objects_.host().room.bytes(); }

 private:
  struct Call;  // one request being answered
  using Status = protocol::Status;

  // A valid header stands at the beginning of the request. What is carried out is remembered.
  Status answer(std::string_view identity, protocol::Header& header,
                std::span<const std::byte> request, msgpack::Writer& reply);
  // Each writes its reply when, and only when, it answers `ok`.
  Status run(Call& call);
  Status hello(Call& call);
  Status ping(Call& call);
  Status create(Call& call, protocol::ObjectKind kind);
  Status find(Call& call);
  Status identify(Call& call);
  // Answers what the object is, to a client that refers to it from now on.
  Status describe(Call& call, std::uint64_t number);
  Status remove_name(Call& call);
  Status references(Call& call);
  void release(Call& call);
  // The client counts each answer that arrives, so each that is sent counts.
  void hold_again(std::string_view identity, std::span<const std::byte> answer) noexcept;
  Status remember(Call& call);
  Status load(Call& call);
  Status store(Call& call);
  Status add(Call& call);
  Status read(Call& call);
  Status write(Call& call);
  Status transform(Call& call);
  Status create_object(Call& call);
  Status call_method(Call& call);
  Status batch(Call& call);
  void cancel(Call& call);
  void leave(Call& call);

  // The client that will refer to an object, of which it is told; 0 when it cannot.
  std::uint64_t holder(const Call& call) const noexcept;
  // False when there is no room to remember who refers to a new object without a name.
  bool hold_new(const Call& call, std::uint64_t number) noexcept;
  // The name of a new object: text, or nil for none.
  Status read_new_name(Call& call, std::optional<std::string_view>& name) const;
  struct MethodArguments {
    std::string_view name;
    Datum arguments;  // a list
  };
  struct MethodLimits {
    Caller who;
    bool may_wait;
    std::size_t most_bytes;  // of the result
  };
  Status read_method(msgpack::Reader& from, MethodArguments& method);
  // `failure`: what a custom class threw.
  Status run_method(std::uint64_t number, MethodArguments& method, const MethodLimits& limits,
                    Datum& result, std::string& failure);
  // One operation of a batch, whose arguments are at the cursor and whose result it appends.
  Status run_in_batch(Call& call, protocol::Operation operation, std::uint64_t object, Caller who);
  Status run_element(Call& call, protocol::Operation operation, std::uint64_t object);

  // Frees what the client holds; it stays in the table.
  void free_from(std::uint64_t client);
  Caller caller(const Call& call, std::uint64_t request) noexcept;
  // Finds the call's object, which must be of that kind, and visits its elements.
  template <class Visitor>
  Status with_elements(Call& call, protocol::ObjectKind kind, Visitor&& visit);

  std::uint64_t server_pid_;
  msgpack::Writer batch_results_{protocol::kChunkBytes};
  Waits::Clock::time_point batch_end_{};
  ClientObserver* observer_;
  ObjectTable objects_;
  Remembered remembered_;
};

}  // namespace share::manager
