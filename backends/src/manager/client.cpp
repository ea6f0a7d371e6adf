#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/client.hpp>

#include "line.hpp"

namespace share::manager {

using Applied = RemoteError::Applied;
using protocol::Operation;
using protocol::Status;

Connection::Connection(const std::string& address, std::chrono::nanoseconds timeout)
    : line_(std::make_unique<Line>(address, timeout)) {
  msgpack::Writer& greeting = begin(Operation::hello);
  if (line_->server()) {  // on this machine, so the server can watch this process
    greeting.unsigned_integer(static_cast<std::uint64_t>(::getpid()));
    greeting.unsigned_integer(process_start_time(::getpid()).value_or(0));
  }
  std::uint64_t pid = 0;
  try {
    pid = element_result<std::uint64_t>(*this, call());
  } catch (const CallTimedOut&) {
    if (line_->turned_away()) throw ConnectionRefused(line_->address());
    throw;
  }
  line_->opened();
  // On tcp another server may have got the port after ours ended.
  const auto& server = line_->server();
  if (server && pid != static_cast<std::uint64_t>(server->pid)) {
    throw ServerGone(line_->address(), "open", Applied::no);
  }
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Connection::~Connection() {
  if (!line_) return;
  if (line_->in_maker()) {
    line_->tell(Operation::leave);
  } else {
    // A copy in a forked child has none of the threads that closing would wait for.
    static_cast<void>(line_.release());
  }
}

const std::string& Connection::address() const noexcept { return line_->address(); }

std::chrono::nanoseconds Connection::timeout() const noexcept { return line_->timeout(); }

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

std::uint64_t Connection::post() {
  line_->post();
  return line_->last_request();
}

Connection::Collected Connection::collect(std::uint64_t oldest) {
  const protocol::Header header = line_->collect(oldest);
  Collected answer{header.request, nullptr, line_->results()};
  try {
    line_->check(header);
  } catch (const RemoteError&) {
    answer.refusal = std::current_exception();
  }
  return answer;
}

void Connection::abandon() noexcept { line_->abandon(); }

void Connection::create(std::string_view name) {
  const protocol::Header header = line_->exchange();
  if (header.code == static_cast<std::uint8_t>(Status::object_exists)) {
    throw ObjectExists(name, address());
  }
  line_->check(header);
}

void Connection::create_value(std::string_view name, char type_code) {
  msgpack::Writer& request = begin(Operation::create_value);
  request.text(name);
  request.text({&type_code, 1});
  create(name);
}

void Connection::create_array(std::string_view name, char type_code, std::size_t size) {
  msgpack::Writer& request = begin(Operation::create_array);
  request.text(name);
  request.text({&type_code, 1});
  request.unsigned_integer(size);
  create(name);
}

void Connection::create_object(std::string_view name, std::string_view class_name,
                               const Datum::List& arguments) {
  msgpack::Writer& request = begin(Operation::create_object);
  request.text(name);
  request.text(class_name);
  write_datum(request, Datum(arguments));
  create(name);
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
  write_call(object, method, arguments);
  const protocol::Header header = line_->exchange();
  line_->check(header);
  return datum_result();
}

Datum Connection::call_waiting(std::uint64_t object, std::string_view method, Datum::List arguments,
                               std::chrono::nanoseconds wait) {
  wait = std::clamp(wait, std::chrono::nanoseconds(0), protocol::kLongestWait);
  arguments.emplace_back(wait.count());
  write_call(object, method, arguments);
  protocol::Header header;
  try {
    header = line_->exchange(wait);
  } catch (const CallTimedOut&) {
    line_->tell(Operation::cancel);
    throw;
  }
  line_->check(header);
  return datum_result();
}

std::uint64_t Connection::last_request() const noexcept { return line_->last_request(); }

void Connection::write_call(std::uint64_t object, std::string_view method,
                            const Datum::List& arguments) {
  msgpack::Writer& request = line_->begin(Operation::call, object, method);
  request.text(method);
  request.array_header(arguments.size());
  for (const Datum& argument : arguments) write_datum(request, argument);
}

Datum Connection::datum_result() const {
  msgpack::Reader results = line_->results();
  Datum result;
  if (read_datum(results, result) != Status::ok || !results.at_end()) refuse_results();
  return result;
}

}  // namespace share::manager
