#include <chrono>
#include <share/manager/elements.hpp>
#include <string>

#include "dispatcher_call.hpp"

namespace share::manager {
namespace {

using protocol::Operation;
using protocol::Status;

// What a batch's answer has besides its results: header, count, status.
constexpr std::size_t kHeadBytes = protocol::kHeaderBytes + 16;
constexpr std::size_t kElementBytes = 9;
// Of a method: an item that a container holds, or a pair of two, must be able to come out.
constexpr std::size_t kMethodBytes = kMaxItemBytes + 64;
// Methods that take longer together would keep the server from everybody else.
constexpr std::chrono::milliseconds kLongestBatch(100);

/// Values that an operation has as arguments; 0 for the object alone. False when it cannot stand in
/// a batch.
bool arguments_of(std::uint64_t operation, int& values) noexcept {
  switch (static_cast<Operation>(operation)) {
    case Operation::load:
      values = 0;
      return true;
    case Operation::store:
    case Operation::add:
      values = 1;
      return true;
    case Operation::call:
      values = 2;
      return true;
    default:
      return false;
  }
}

/// Walks over all operations, so that a batch that is not well-formed changes nothing.
Status check_shape(msgpack::Reader arguments, std::uint64_t count) noexcept {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t operation = 0;
    std::uint64_t object = 0;
    if (!arguments.unsigned_integer(operation) || !arguments.unsigned_integer(object)) {
      return Status::malformed;
    }
    int values = 0;
    if (operation > UINT8_MAX || !arguments_of(operation, values)) {
      return Status::no_such_operation;
    }
    for (; values > 0; --values)
      if (!arguments.skip()) return Status::malformed;
  }
  return arguments.at_end() ? Status::ok : Status::malformed;
}

}  // namespace

/// Number of operations; for each: operation, object, its arguments. All are carried out as one, up
/// to the first that is refused. Results: how many were carried out, the status that ended it
/// (`ok`: none was refused), their results.
Status Dispatcher::batch(Call& call) {
  std::uint64_t count = 0;
  if (!call.arguments.unsigned_integer(count)) return Status::malformed;
  if (const Status shape = check_shape(call.arguments, count); shape != Status::ok) return shape;
  const Caller who = caller(call, call.header.request);
  batch_results_.clear();
  batch_end_ = Waits::Clock::now() + kLongestBatch;
  std::uint64_t applied = 0;
  Status status = Status::ok;
  for (; applied < count; ++applied) {
    std::uint64_t operation = 0;
    std::uint64_t object = 0;
    if (!call.arguments.unsigned_integer(operation) || !call.arguments.unsigned_integer(object)) {
      status = Status::malformed;  // not after check_shape()
      break;
    }
    status = run_in_batch(call, static_cast<Operation>(operation), object, who);
    if (status != Status::ok) break;
  }
  call.accept();
  call.reply.unsigned_integer(applied);
  call.reply.unsigned_integer(static_cast<std::uint64_t>(status));
  call.reply.raw(batch_results_.bytes());
  return Status::ok;
}

Status Dispatcher::run_in_batch(Call& call, Operation operation, std::uint64_t object, Caller who) {
  const std::size_t used = batch_results_.size() + kHeadBytes;
  if (operation != Operation::call) {
    if (used + kElementBytes > protocol::kMaxMessageBytes) return Status::too_large;
    return run_element(call, operation, object);
  }
  if (used + kMethodBytes > protocol::kMaxMessageBytes) return Status::too_large;
  if (Waits::Clock::now() > batch_end_) return Status::too_large;
  MethodArguments method;
  if (const Status status = read_method(call.arguments, method); status != Status::ok) {
    return status;
  }
  Datum result;
  std::string failure;
  const Status status = run_method(
      object, method, {.who = who, .may_wait = false, .most_bytes = kMethodBytes}, result, failure);
  if (status != Status::ok) return status;
  if (objects_.has_kept()) objects_.hold_all(who.client, result);
  write_datum(batch_results_, result);
  return status;
}

Status Dispatcher::run_element(Call& call, Operation operation, std::uint64_t number) {
  Object* object = objects_.at(number);
  if (object == nullptr) return Status::no_such_object;
  if (object->kind != protocol::ObjectKind::value) return Status::wrong_type;
  return std::visit(
      [&]<class T>(std::vector<T>& elements) {
        T& value = elements.front();
        T given{};
        if (operation != Operation::load) {
          const Status status = protocol::read_element(call.arguments, given);
          if (status != Status::ok) return status;
        }
        if (operation != Operation::store) protocol::write_element(batch_results_, value);
        if (operation == Operation::store) value = given;
        if (operation == Operation::add) value = wrapping_sum(value, given);
        return Status::ok;
      },
      object->elements);
}

}  // namespace share::manager
