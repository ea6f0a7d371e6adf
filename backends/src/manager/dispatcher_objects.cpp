#include <new>
#include <string_view>
#include <utility>

#include "dispatcher_call.hpp"

namespace share::manager {

using protocol::Status;

Status Dispatcher::create_object(Call& call) {
  std::string_view name;
  std::string_view class_name;
  if (!call.arguments.text(name) || !call.arguments.text(class_name)) return Status::malformed;
  Datum arguments(Datum::List{});
  if (!call.arguments.at_end()) {
    if (call.arguments.next() != msgpack::Type::array) return Status::malformed;
    if (const Status status = read_datum(call.arguments, arguments); status != Status::ok) {
      return status;
    }
    if (!call.arguments.at_end()) return Status::malformed;
  }
  std::uint64_t number = 0;
  try {
    const Status status = objects_.create_served(
        name, class_name, std::get<Datum::List>(arguments.content()), number);
    if (status == Status::ok) call.accept(number);
    return status;
  } catch (const std::bad_alloc&) {
    return Status::too_large;
  } catch (const std::exception& error) {
    return call.fail(error.what());
  }
}

Status Dispatcher::call_method(Call& call) {
  std::string_view method;
  if (!call.arguments.text(method)) return Status::malformed;
  if (call.arguments.next() != msgpack::Type::array) return Status::malformed;
  Host& host = objects_.host();
  const Room before = host.room;
  try {
    Datum arguments;
    if (const Status status = read_datum(call.arguments, arguments); status != Status::ok) {
      return status;
    }
    if (!call.arguments.at_end()) return Status::malformed;
    Object* object = objects_.at(call.header.object);
    if (object == nullptr) return Status::no_such_object;
    if (!object->served) return Status::wrong_type;
    Datum result;
    const Status status =
        object->served->call(method, {std::get<Datum::List>(arguments.content()), result, host,
                                      caller(call, call.header.request), call.header.object});
    if (status != Status::ok) return status;
    // Containers see to that themselves, before they change anything.
    if (result.message_bytes() > kMaxResultBytes) return Status::too_large;
    call.accept();
    write_datum(call.reply, result);
    return Status::ok;
  } catch (const std::bad_alloc&) {
    host.room = before;
    call.reply.clear();
    return Status::too_large;
  } catch (const std::exception& error) {  // of a custom class
    call.reply.clear();
    return call.fail(error.what());
  }
}

Caller Dispatcher::caller(const Call& call, std::uint64_t request) const noexcept {
  return {objects_.host().clients.number_of(call.identity), request};
}

void Dispatcher::cancel(Call& call) {
  std::uint64_t request = 0;
  if (!call.arguments.unsigned_integer(request) || !call.arguments.at_end()) return;
  Object* object = objects_.at(call.header.object);
  if (object == nullptr || !object->served) return;
  const Caller who = caller(call, request);
  if (who.client == 0) return;
  Host& host = objects_.host();
  host.waits.forget(who);  // first: undoing may answer others, never this one
  object->served->cancelled(who, host);
}

void Dispatcher::leave(Call& call) {
  if (!call.arguments.at_end()) return;
  if (const std::uint64_t client = caller(call, 0).client; client != 0) client_gone(client);
}

void Dispatcher::client_gone(std::uint64_t client) {
  Host& host = objects_.host();
  if (host.clients.at(client) == nullptr) return;
  host.waits.forget_client(client);
  objects_.for_each_served([&](Served& served) { served.client_gone(client, host); });
  if (observer_ != nullptr) observer_->left(client);
  host.clients.remove(client);
}

std::optional<Waits::Clock::time_point> Dispatcher::next_deadline() const noexcept {
  return objects_.host().waits.next_deadline();
}

void Dispatcher::expire(Waits::Clock::time_point now) {
  Host& host = objects_.host();
  while (const auto expired = host.waits.next_expired(now)) {
    objects_.at(expired->second)->served->timed_out(expired->first, host);
  }
}

bool Dispatcher::next_answer(std::string& identity, msgpack::Writer& reply) {
  Host& host = objects_.host();
  while (auto answer = host.waits.next_answer()) {
    const Clients::Client* client = host.clients.at(answer->caller.client);
    if (client == nullptr) continue;
    identity = client->identity;
    reply.clear();
    protocol::write_header(reply, answer->status, answer->caller.request, answer->object);
    if (answer->status == Status::ok) write_datum(reply, answer->result);
    return true;
  }
  return false;
}

}  // namespace share::manager
