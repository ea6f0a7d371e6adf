// Operations about who refers to an object.
#include <string_view>

#include "dispatcher_call.hpp"

namespace share::manager {

using protocol::Status;

std::uint64_t Dispatcher::holder(const Call& call) const noexcept {
  return objects_.host().clients.number_of(call.identity);
}

bool Dispatcher::hold_new(const Call& call, std::uint64_t number) noexcept {
  objects_.hold(holder(call), number);
  return objects_.at(number)->holders > 0;
}

/// `not_greeted` for an object without a name, of a client that cannot refer to it.
Status Dispatcher::read_new_name(Call& call, std::optional<std::string_view>& name) const {
  if (call.arguments.nil()) {
    name = std::nullopt;
    return holder(call) != 0 ? Status::ok : Status::not_greeted;
  }
  std::string_view text;
  if (!call.arguments.text(text)) return Status::malformed;
  name = text;
  return Status::ok;
}

/// What a reference means, for its proxy.
Status Dispatcher::identify(Call& call) {
  if (!call.arguments.at_end()) return Status::malformed;
  if (objects_.at(call.header.object) == nullptr) return Status::no_such_object;
  return describe(call, call.header.object);
}

/// Name. The object has none any more; it stays while anything refers to it.
Status Dispatcher::remove_name(Call& call) {
  std::string_view name;
  if (!call.arguments.text(name) || !call.arguments.at_end()) return Status::malformed;
  if (!objects_.remove_name(name)) return Status::no_such_object;
  call.accept();
  return Status::ok;
}

/// Whether it has a name, clients that refer to it, references that are stored.
Status Dispatcher::references(Call& call) {
  if (!call.arguments.at_end()) return Status::malformed;
  const Object* object = objects_.at(call.header.object);
  if (object == nullptr) return Status::no_such_object;
  call.accept();
  call.reply.boolean(object->named);
  call.reply.unsigned_integer(object->holders);
  call.reply.unsigned_integer(static_cast<std::uint64_t>(object->stored.use_count()));
  return Status::ok;
}

void Dispatcher::hold_again(std::string_view identity, std::span<const std::byte> answer) noexcept {
  if (!objects_.has_kept()) return;
  const std::uint64_t client = objects_.host().clients.number_of(identity);
  msgpack::Reader results(answer.subspan(protocol::kHeaderBytes));
  std::int8_t type = 0;
  std::uint64_t object = 0;
  while (results.next_extension(type, object)) {
    if (type == kReferenceType) objects_.hold(client, object);
  }
}

/// Objects, each with how many references to it the client has dropped.
void Dispatcher::release(Call& call) {
  const std::uint64_t client = holder(call);
  for (msgpack::Reader shape = call.arguments; !shape.at_end();) {
    std::uint64_t number = 0;
    if (!shape.unsigned_integer(number) || !shape.unsigned_integer(number)) return;
  }
  while (!call.arguments.at_end()) {
    std::uint64_t object = 0;
    std::uint64_t times = 0;
    if (!call.arguments.unsigned_integer(object) || !call.arguments.unsigned_integer(times)) return;
    objects_.release(client, object, times);
  }
}

}  // namespace share::manager
