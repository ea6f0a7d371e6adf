// A user's side of a manager: a Connection carries one request at a time to the server and waits
// for its answer, at most for its timeout. It is made in the process that uses it, after any fork
// (it has a ZeroMQ context with one thread of its own), and used by one thread at a time; every
// process has its own. A late answer to an earlier call is dropped by its number. Opening throws
// BadAddress, ServerGone, ConnectionRefused, CallTimedOut, SystemError; calls throw ServerGone,
// CallTimedOut and CallRefused.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <share/core/element.hpp>
#include <share/manager/datum.hpp>
#include <share/manager/msgpack.hpp>
#include <share/manager/protocol.hpp>
#include <share/manager/reference.hpp>
#include <share/manager/which.hpp>
#include <string>
#include <string_view>

namespace share::manager {

inline constexpr std::chrono::nanoseconds kDefaultCallTimeout = std::chrono::seconds(5);

class Connection {
 public:
  /// Connects and greets the server.
  explicit Connection(const std::string& address,
                      std::chrono::nanoseconds timeout = kDefaultCallTimeout);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Without its key, for messages.
  const std::string& address() const noexcept;
  /// For each call from now on; kept to within 50 ms. Not shorter than a millisecond.
  void set_timeout(std::chrono::nanoseconds timeout);
  /// From now on a call that is not answered within its timeout is sent again, up to so many times
  /// (0 to 1,000), each with the whole timeout; the server applies it at most once, also when the
  /// connection broke meanwhile. Not for pipelines. Throws Error for another number.
  void set_retries(int retries);

  /// Starts a request: the returned Writer takes its arguments.
  msgpack::Writer& begin(protocol::Operation operation, std::uint64_t object = 0);
  /// Sends the request and returns the results, valid until the next begin(). Throws CallRefused
  /// unless the server answers `ok`.
  msgpack::Reader call();

  /// For pipeline.hpp: sends the request that begin() started; returns its number.
  std::uint64_t post();
  struct Collected {
    std::uint64_t request = 0;
    std::exception_ptr refusal;   ///< what call() would throw
    msgpack::Reader results{{}};  ///< valid until the next call
  };
  /// Waits for the next answer to a posted request from `oldest` on. @throws CallTimedOut,
  /// ServerGone.
  Collected collect(std::uint64_t oldest);
  /// Forgets what is posted and not collected.
  void abandon() noexcept;

  /// Make an object; see creating.hpp.
  void create_value(std::string_view name, char type_code);
  void create_array(std::string_view name, char type_code, std::size_t size);
  void create_object(std::string_view name, std::string_view class_name,
                     const Datum::List& arguments);

  /// Make one without a name, which lives as long as anything refers to it.
  Reference new_value(char type_code);
  Reference new_array(char type_code, std::size_t size);
  Reference new_object(std::string_view class_name, const Datum::List& arguments);
  /// The object lives on while anything refers to it. @throws NoSuchObject.
  void remove_name(std::string_view name);

  /// An existing object. Throw NoSuchObject (of a name) or StaleProxy (of a reference), and
  /// TypeMismatch.
  Reference find_value(const Which& which, char type_code);
  Reference find_array(const Which& which, char type_code, std::size_t size);
  Reference find_served(const Which& which, std::string_view class_name);
  struct References {
    bool named = false;
    std::uint64_t clients = 0;  ///< that refer to it, this one counted
    std::uint64_t stored = 0;   ///< in the server's objects
  };
  /// Who refers to an object.
  References references(std::uint64_t object);
  /// For read_datum() of results: knows what they refer to, until the next begin() or collect().
  Keeper& keeper() const noexcept;

  /// Calls a method of an object. @throws StaleProxy when the server has no object of that number,
  /// NoSuchKey, NoSuchItem, NotHeld, BarrierBroken, QueueClosed besides what call() throws.
  Datum call_method(std::uint64_t object, std::string_view method, const Datum::List& arguments);
  /// The same for a method that may wait in the server, for at most `wait`, which is added to the
  /// arguments; the call's own timeout comes on top. A call that times out even so is undone by the
  /// server, unless that has ended. @throws QueueEmpty, QueueFull too.
  Datum call_waiting(std::uint64_t object, std::string_view method, Datum::List arguments,
                     std::chrono::nanoseconds wait);
  /// The number of the last call.
  std::uint64_t last_request() const noexcept;
  std::chrono::nanoseconds timeout() const noexcept;

  /// To be thrown for results that are not what the protocol says.
  [[noreturn]] void refuse_results() const;

 private:
  class Line;
  void create(std::string_view name);
  Reference created();
  void write_call(std::uint64_t object, std::string_view method, const Datum::List& arguments);
  Datum datum_result() const;
  struct Found {
    Reference reference;
    std::uint64_t kind = 0, size = 0;
    std::string type;
  };
  Found find(const Which& which);
  Reference find_elements(const Which& which, protocol::ObjectKind kind, char type_code,
                          std::size_t size);

  std::unique_ptr<Line> line_;
};

/// Reads one element from the results of a call.
template <Element T>
T element_result(const Connection& connection, msgpack::Reader results) {
  T value{};
  if (protocol::read_element(results, value) != protocol::Status::ok) connection.refuse_results();
  return value;
}

}  // namespace share::manager
