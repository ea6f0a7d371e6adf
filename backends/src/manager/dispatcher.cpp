#include <string_view>

#include "dispatcher_call.hpp"

namespace share::manager {

using protocol::ObjectKind;
using protocol::Operation;
using protocol::Status;

namespace {

/// Of an operation that takes part in what a client is remembered for. The greeting may come again
/// at any time, and what is not answered needs no memory.
bool is_remembered(Operation operation) noexcept {
  return operation != Operation::hello && operation != Operation::cancel &&
         operation != Operation::leave && operation != Operation::release;
}

}  // namespace

bool Dispatcher::handle(std::string_view identity, std::span<const std::byte> request,
                        msgpack::Writer& reply) {
  reply.clear();
  protocol::Header header;
  Status status = Status::malformed;
  if (protocol::read_header(request, header)) {
    if (request.size() > protocol::kMaxMessageBytes) {
      status = Status::too_large;
    } else if (header.version != protocol::kVersion) {
      status = Status::wrong_version;
    } else if (objects_.host().clients.has_ended(identity)) {
      status = Status::not_greeted;
    } else {
      status = answer(identity, header, request, reply);
      objects_.drop_unreferenced();
    }
  }
  if (status == Status::waiting) return false;
  if (status != Status::ok) protocol::write_header(reply, status, header.request, header.object);
  return true;
}

Status Dispatcher::answer(std::string_view identity, protocol::Header& header,
                          std::span<const std::byte> request, msgpack::Writer& reply) {
  msgpack::Reader arguments(request.subspan(protocol::kHeaderBytes));
  const bool again = header.code == static_cast<std::uint8_t>(Operation::again);
  if (again) {  // the operation follows, then its arguments
    std::uint64_t operation = 0;
    if (!arguments.unsigned_integer(operation)) return Status::malformed;
    if (operation > UINT8_MAX) return Status::no_such_operation;
    header.code = static_cast<std::uint8_t>(operation);
  }
  const auto operation = static_cast<Operation>(header.code);
  const bool remembered = !remembered_.empty() || again || operation == Operation::remember;
  if (remembered && is_remembered(operation)) {
    switch (remembered_.judge(identity, header.request, again)) {
      case Remembered::Verdict::carry_out:
        break;
      case Remembered::Verdict::ignore:
        return Status::waiting;
      case Remembered::Verdict::repeat:
        reply.raw(remembered_.answer(identity));
        hold_again(identity, reply.bytes());
        return Status::ok;
      case Remembered::Verdict::unknown:
        return Status::outcome_unknown;
    }
  }
  Call call{header, identity, arguments, reply};
  Host& host = objects_.host();
  host.answer_binds = false;
  const Status status = run(call);
  if (!remembered || !is_remembered(operation) || status == Status::waiting) return status;
  if (status == Status::not_greeted) {
    remembered_.not_greeted(identity, header.request);
    return status;
  }
  if (status != Status::ok) protocol::write_header(reply, status, header.request, header.object);
  remembered_.keep(identity, header.request, reply.bytes(), host.answer_binds, host.room);
  return Status::ok;  // the answer is complete
}

Status Dispatcher::run(Call& call) {
  switch (static_cast<Operation>(call.header.code)) {
    case Operation::hello:
      return hello(call);
    case Operation::ping:
      return ping(call);
    case Operation::create_value:
      return create(call, ObjectKind::value);
    case Operation::create_array:
      return create(call, ObjectKind::array);
    case Operation::find:
      return find(call);
    case Operation::load:
      return load(call);
    case Operation::store:
      return store(call);
    case Operation::add:
      return add(call);
    case Operation::read:
      return read(call);
    case Operation::write:
      return write(call);
    case Operation::transform:
      return transform(call);
    case Operation::create_object:
      return create_object(call);
    case Operation::call:
      return call_method(call);
    case Operation::batch:
      return batch(call);
    case Operation::cancel:
      cancel(call);
      return Status::waiting;
    case Operation::leave:
      leave(call);
      return Status::waiting;
    case Operation::release:
      release(call);
      return Status::waiting;
    case Operation::identify:
      return identify(call);
    case Operation::remove_name:
      return remove_name(call);
    case Operation::references:
      return references(call);
    case Operation::remember:
      return remember(call);
    case Operation::again:
      break;  // within itself
  }
  return Status::no_such_operation;
}

Status Dispatcher::hello(Call& call) {
  std::uint64_t pid = 0;
  std::uint64_t start = 0;
  if (!call.arguments.at_end() &&
      (!call.arguments.unsigned_integer(pid) || !call.arguments.unsigned_integer(start))) {
    return Status::malformed;
  }
  if (!call.arguments.at_end()) return Status::malformed;
  if (!call.identity.empty()) {
    Clients& clients = objects_.host().clients;
    const std::uint64_t client = clients.greet(call.identity);
    if (client == 0) return Status::too_large;
    if (observer_ != nullptr) clients.set_pid(client, observer_->greeted(client, pid, start));
    remembered_.returned(call.identity);
  }
  call.accept();
  call.reply.unsigned_integer(server_pid_);
  return Status::ok;
}

Status Dispatcher::ping(Call& call) {
  if (!call.arguments.at_end()) return Status::malformed;
  call.accept();
  return Status::ok;
}

Status Dispatcher::create(Call& call, ObjectKind kind) {
  std::optional<std::string_view> name;
  std::string_view type;
  std::uint64_t length = 1;
  if (const Status status = read_new_name(call, name); status != Status::ok) return status;
  if (!call.arguments.text(type)) return Status::malformed;
  if (kind == ObjectKind::array && !call.arguments.unsigned_integer(length)) {
    return Status::malformed;
  }
  if (!call.arguments.at_end()) return Status::malformed;
  if (type.size() != 1) return Status::wrong_type;
  std::uint64_t number = 0;
  const Status status = objects_.create(name, kind, type.front(), length, number);
  if (status != Status::ok) return status;
  if (!name && !hold_new(call, number)) return Status::too_large;
  call.accept(number);
  return status;
}

Status Dispatcher::find(Call& call) {
  std::string_view name;
  if (!call.arguments.text(name) || !call.arguments.at_end()) return Status::malformed;
  std::uint64_t number = 0;
  if (!objects_.find(name, number)) return Status::no_such_object;
  return describe(call, number);
}

Status Dispatcher::describe(Call& call, std::uint64_t number) {
  const Object& object = *objects_.at(number);
  objects_.hold(holder(call), number);
  call.accept(number);
  call.reply.text(object.type);
  call.reply.unsigned_integer(static_cast<std::uint64_t>(object.kind));
  call.reply.unsigned_integer(object.size());
  return Status::ok;
}

}  // namespace share::manager
