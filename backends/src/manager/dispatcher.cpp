#include <string_view>

#include "dispatcher_call.hpp"

namespace share::manager {

using protocol::ObjectKind;
using protocol::Operation;
using protocol::Status;

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
      Call call{header, identity, msgpack::Reader(request.subspan(protocol::kHeaderBytes)), reply};
      status = run(call);
    }
  }
  if (status == Status::waiting) return false;
  if (status != Status::ok) protocol::write_header(reply, status, header.request, header.object);
  return true;
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
  std::string_view name;
  std::string_view type;
  std::uint64_t length = 1;
  if (!call.arguments.text(name) || !call.arguments.text(type)) return Status::malformed;
  if (kind == ObjectKind::array && !call.arguments.unsigned_integer(length)) {
    return Status::malformed;
  }
  if (!call.arguments.at_end()) return Status::malformed;
  if (type.size() != 1) return Status::wrong_type;
  std::uint64_t number = 0;
  const Status status = objects_.create(name, kind, type.front(), length, number);
  if (status == Status::ok) call.accept(number);
  return status;
}

Status Dispatcher::find(Call& call) {
  std::string_view name;
  if (!call.arguments.text(name) || !call.arguments.at_end()) return Status::malformed;
  std::uint64_t number = 0;
  if (!objects_.find(name, number)) return Status::no_such_object;
  const Object& object = *objects_.at(number);
  call.accept(number);
  call.reply.text(object.type);
  call.reply.unsigned_integer(static_cast<std::uint64_t>(object.kind));
  call.reply.unsigned_integer(object.size());
  return Status::ok;
}

}  // namespace share::manager
