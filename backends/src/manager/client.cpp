#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/address.hpp>
#include <share/manager/client.hpp>

#include "sockets.hpp"

namespace share::manager {
namespace {

using Applied = RemoteError::Applied;
using Clock = std::chrono::steady_clock;
using protocol::Operation;
using protocol::Status;

// How long a call waits before it looks whether the server still lives. A plain receive with this
// limit costs nothing when the answer comes; polling socket and process together would.
constexpr std::chrono::milliseconds kSlice(50);

// Empty for an address that does not say who serves. Throws ServerGone when that process has ended.
std::optional<ProcessWatch> watch(const Address& parsed, const std::string& address) {
  if (!parsed.server) return std::nullopt;
  const auto gone = [&] { return ServerGone(address, "open", Applied::no); };
  try {
    ProcessWatch server = ProcessWatch::of(parsed.server->pid);
    // The watch is on whoever has that number now, so the start time is compared after opening it.
    const bool same = process_start_time(parsed.server->pid) == parsed.server->start;
    if (!same || server.ended()) throw gone();
    return server;
  } catch (const SystemError& error) {
    if (error.code() == ESRCH) throw gone();
    throw;
  }
}

}  // namespace

class Connection::Line {
 public:
  Line(const std::string& address, std::chrono::nanoseconds timeout)
      : address_(address),
        parsed_(parse_address(address)),
        server_(watch(parsed_, address)),
        context_(1),
        socket_(client_socket(context_)),
        message_(protocol::kChunkBytes) {
    set_timeout(timeout);
    if (zmq_connect(socket_.handle(), parsed_.endpoint.c_str()) != 0) {
      throw SystemError("zmq_connect", address_, zmq_errno());
    }
  }

  const std::string& address() const noexcept { return address_; }
  const std::optional<ServerIdentity>& server() const noexcept { return parsed_.server; }
  bool in_maker() const noexcept { return ::getpid() == maker_; }

  void set_timeout(std::chrono::nanoseconds timeout) {
    using std::chrono::milliseconds;
    timeout_ = std::max<std::chrono::nanoseconds>(timeout, milliseconds(1));
    limit_waits(socket_, std::min(kSlice, std::chrono::ceil<milliseconds>(timeout_)));
  }

  msgpack::Writer& begin(Operation operation, std::uint64_t object) {
    operation_ = operation;
    message_.clear();
    protocol::write_header(message_, operation, ++request_, object);
    return message_;
  }

  // `method`: told instead of the operation, where one was called.
  void check(const protocol::Header& header, std::string_view method = {}) const {
    if (header.version != protocol::kVersion) {
      refuse(protocol::name_of(Status::wrong_version), static_cast<int>(Status::wrong_version));
    }
    if (header.code == static_cast<std::uint8_t>(Status::ok)) return;
    refuse(protocol::name_of(static_cast<Status>(header.code)), header.code, method);
  }

  [[noreturn]] void refuse(std::string_view reason, int code, std::string_view method = {}) const {
    throw CallRefused(reason, code, address_, method.empty() ? operation() : method);
  }

  // The header of the answer; its arguments are results().
  protocol::Header exchange() {
    if (message_.size() > protocol::kMaxMessageBytes) {
      // The transport would drop the connection instead of answering.
      return {.code = static_cast<std::uint8_t>(Status::too_large), .request = request_};
    }
    const Clock::time_point deadline = Clock::now() + timeout_;
    send(deadline);
    return receive(deadline);
  }

  msgpack::Reader results() const noexcept {
    return msgpack::Reader(answer().subspan(protocol::kHeaderBytes));
  }

 private:
  std::string_view operation() const noexcept { return protocol::name_of(operation_); }

  std::span<const std::byte> answer() const noexcept {
    return {static_cast<const std::byte*>(answer_.data()), answer_.size()};
  }

  bool server_ended() const noexcept { return server_ && server_->ended(); }

  // The plain C calls: an error number is an ordinary outcome of a slice, not an exception.
  void send(Clock::time_point deadline) {
    while (zmq_send(socket_.handle(), message_.bytes().data(), message_.size(), 0) < 0) {
      check_wait(zmq_errno(), "zmq_send");
      if (server_ended()) throw ServerGone(address_, operation(), Applied::no);
      if (Clock::now() >= deadline) throw CallTimedOut(address_, operation(), timeout_);
    }
  }

  protocol::Header receive(Clock::time_point deadline) {
    // An answer sent just before the server ended may still be on its way: one more slice for it.
    bool last_slice = false;
    for (;;) {
      if (zmq_msg_recv(answer_.handle(), socket_.handle(), 0) >= 0) {
        protocol::Header header;
        if (protocol::read_header(answer(), header) && header.request == request_) return header;
      } else {
        const bool whole_slice = check_wait(zmq_errno(), "zmq_msg_recv");
        if (last_slice && whole_slice) throw ServerGone(address_, operation(), Applied::maybe);
        last_slice = last_slice || server_ended();
      }
      if (Clock::now() >= deadline) {
        if (last_slice) throw ServerGone(address_, operation(), Applied::maybe);
        throw CallTimedOut(address_, operation(), timeout_);
      }
    }
  }

  // True when a slice has passed, false when a signal cut it short.
  bool check_wait(int error, std::string_view call) const {
    if (error != EAGAIN && error != EINTR) throw SystemError(call, address_, error);
    return error == EAGAIN;
  }

  pid_t maker_ = ::getpid();
  std::string address_;
  Address parsed_;
  std::optional<ProcessWatch> server_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  std::chrono::nanoseconds timeout_{};
  Operation operation_{};
  std::uint64_t request_ = 0;
  msgpack::Writer message_;
  zmq::message_t answer_;
};

Connection::Connection(const std::string& address, std::chrono::nanoseconds timeout)
    : line_(std::make_unique<Line>(address, timeout)) {
  begin(Operation::hello);
  const auto pid = element_result<std::uint64_t>(*this, call());
  // On tcp another server may have got the port after ours ended.
  const auto& server = line_->server();
  if (server && pid != static_cast<std::uint64_t>(server->pid)) {
    throw ServerGone(address, "open", Applied::no);
  }
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Connection::~Connection() {
  // A copy in a forked child has none of the threads that closing would wait for.
  if (line_ && !line_->in_maker()) static_cast<void>(line_.release());
}

const std::string& Connection::address() const noexcept { return line_->address(); }

void Connection::set_timeout(std::chrono::nanoseconds timeout) { line_->set_timeout(timeout); }

msgpack::Writer& Connection::begin(Operation operation, std::uint64_t object) {
  return line_->begin(operation, object);
}

msgpack::Reader Connection::call() {
  line_->check(line_->exchange());
  return line_->results();
}

void Connection::refuse_results() const {
  line_->refuse("the answer is malformed", static_cast<int>(Status::malformed));
}

namespace {

std::string describe(std::uint64_t kind, std::string_view type, std::uint64_t size) {
  using protocol::ObjectKind;
  switch (static_cast<ObjectKind>(kind)) {
    case ObjectKind::value:
      return fmt::format("a value of type {}", type);
    case ObjectKind::array:
      return fmt::format("an array of {} elements of type {}", size, type);
    case ObjectKind::served:
      return fmt::format("a {}", type);
  }
  return "an object of unknown kind";
}

}  // namespace

Connection::Found Connection::find(std::string_view name) {
  begin(Operation::find).text(name);
  const protocol::Header header = line_->exchange();
  if (header.code == static_cast<std::uint8_t>(Status::no_such_object)) {
    throw NoSuchObject(name, address());
  }
  line_->check(header);
  msgpack::Reader results = line_->results();
  Found found;
  std::string_view type;
  if (!results.text(type) || !results.unsigned_integer(found.kind) ||
      !results.unsigned_integer(found.size)) {
    refuse_results();
  }
  found.type = type;
  found.number = header.object;
  return found;
}

std::uint64_t Connection::find_elements(std::string_view name, protocol::ObjectKind kind,
                                        char type_code, std::size_t size) {
  const Found found = find(name);
  const auto wanted_kind = static_cast<std::uint64_t>(kind);
  const std::string_view wanted_type(&type_code, 1);
  if (found.type != wanted_type || found.kind != wanted_kind || found.size != size) {
    throw TypeMismatch(name, describe(wanted_kind, wanted_type, size),
                       describe(found.kind, found.type, found.size));
  }
  return found.number;
}

std::uint64_t Connection::find_value(std::string_view name, char type_code) {
  return find_elements(name, protocol::ObjectKind::value, type_code, 1);
}

std::uint64_t Connection::find_array(std::string_view name, char type_code, std::size_t size) {
  return find_elements(name, protocol::ObjectKind::array, type_code, size);
}

std::uint64_t Connection::find_served(std::string_view name, std::string_view class_name) {
  const Found found = find(name);
  const auto served = static_cast<std::uint64_t>(protocol::ObjectKind::served);
  if (found.kind != served || found.type != class_name) {
    throw TypeMismatch(name, describe(served, class_name, 0),
                       describe(found.kind, found.type, found.size));
  }
  return found.number;
}

Datum Connection::call_method(std::uint64_t object, std::string_view method,
                              const Datum::List& arguments) {
  msgpack::Writer& request = begin(Operation::call, object);
  request.text(method);
  request.array_header(arguments.size());
  for (const Datum& argument : arguments) write_datum(request, argument);
  const protocol::Header header = line_->exchange();
  if (header.code == static_cast<std::uint8_t>(Status::no_such_key)) {
    throw NoSuchKey(address(), method);
  }
  if (header.code == static_cast<std::uint8_t>(Status::no_such_item)) {
    throw NoSuchItem(address(), method);
  }
  line_->check(header, method);
  msgpack::Reader results = line_->results();
  Datum result;
  if (read_datum(results, result) != Status::ok || !results.at_end()) refuse_results();
  return result;
}

}  // namespace share::manager
