#include <unistd.h>

#include <algorithm>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/client.hpp>
#include <string>

#include "line.hpp"

namespace share::manager {

using Applied = RemoteError::Applied;
using protocol::Operation;
using protocol::Status;

Connection::Connection(const std::string& address, std::chrono::nanoseconds timeout)
    : line_(std::make_unique<Line>(address, timeout)) {
  line_->write_greeting(begin(Operation::hello));
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
    line_->let_go();
    line_->tell(Operation::leave);
  } else {
    // A copy in a forked child has none of the threads that closing would wait for.
    static_cast<void>(line_.release());
  }
}

const std::string& Connection::address() const noexcept { return line_->address(); }

std::chrono::nanoseconds Connection::timeout() const noexcept { return line_->timeout(); }

void Connection::set_timeout(std::chrono::nanoseconds timeout) { line_->set_timeout(timeout); }

void Connection::set_retries(int retries) {
  constexpr int kMost = 1000;
  if (retries < 0 || retries > kMost) {
    throw Error("retries of a call: " + std::to_string(retries) + "; allowed are 0 to " +
                std::to_string(kMost));
  }
  if (retries > 0) {
    begin(Operation::remember);
    static_cast<void>(call());
  }
  line_->set_retries(retries);
}

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
  if (header.code == static_cast<std::uint8_t>(Status::outcome_unknown)) {
    line_->tell(Operation::cancel);  // it may hold what it asked for
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
  if (read_datum(results, result, &line_->held()) != Status::ok || !results.at_end()) {
    refuse_results();
  }
  line_->held().answer_read();
  return result;
}

}  // namespace share::manager
