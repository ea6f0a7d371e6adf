// Many operations in one message: a RemoteBatch collects calls of objects of one server and sends
// them together; the server carries them out as one, in order, so that nobody sees a state between
// two of them. It stops at the first that is refused; those before it stay done. It shares a
// connection and belongs to the same process and thread. run() throws BatchStopped and the errors
// of client.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <share/core/element.hpp>
#include <share/manager/client.hpp>
#include <share/manager/containers.hpp>
#include <share/manager/proxies.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace share::manager {

/// What the calls of a batch answered, in their order; valid until the connection's next call.
class BatchResults {
 public:
  BatchResults(const Connection& connection, msgpack::Reader results)
      : connection_(&connection), results_(results) {}

  /// Of a load, or what was there before an add.
  template <Element T>
  T next_element() {
    T value{};
    if (protocol::read_element(results_, value) != protocol::Status::ok) {
      connection_->refuse_results();
    }
    return value;
  }
  /// Of a method.
  Datum next() {
    Datum value;
    if (read_datum(results_, value, &connection_->keeper()) != protocol::Status::ok) {
      connection_->refuse_results();
    }
    return value;
  }

 private:
  const Connection* connection_;
  msgpack::Reader results_;
};

class RemoteBatch {
 public:
  explicit RemoteBatch(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  template <Element T>
  void load(const RemoteCounter<T>& counter) {
    begin(protocol::Operation::load, counter.reference());
  }
  template <Element T>
  void store(const RemoteCounter<T>& counter, T value) {
    begin(protocol::Operation::store, counter.reference());
    protocol::write_element(calls_, value);
  }
  template <Element T>
  void add(const RemoteCounter<T>& counter, T amount) {
    begin(protocol::Operation::add, counter.reference());
    protocol::write_element(calls_, amount);
  }
  /// A method that would wait is refused instead.
  void call(const RemoteObject& object, std::string_view method,
            const Datum::List& arguments = {}) {
    begin(protocol::Operation::call, object.reference());
    calls_.text(method);
    calls_.array_header(arguments.size());
    for (const Datum& argument : arguments) {
      write_datum(calls_, argument);
      collect_references(argument, kept_);
    }
  }
  std::size_t size() const noexcept { return count_; }

  /// Sends all calls, and forgets them. At most 4 MiB in a message, and 1 MiB of results of
  /// methods.
  BatchResults run();

 private:
  void begin(protocol::Operation operation, const Reference& object) {
    calls_.unsigned_integer(static_cast<std::uint64_t>(operation));
    calls_.unsigned_integer(object.object());
    if (kept_.empty() || kept_.back() != object) kept_.push_back(object);
    ++count_;
  }

  std::shared_ptr<Connection> connection_;
  msgpack::Writer calls_;
  std::size_t count_ = 0;
  std::vector<Reference> kept_;  // lives until it is sent
};

}  // namespace share::manager
