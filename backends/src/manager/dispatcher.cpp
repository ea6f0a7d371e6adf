#include <new>
#include <share/manager/dispatcher.hpp>
#include <share/manager/elements.hpp>
#include <share/manager/operations.hpp>
#include <string_view>

namespace share::manager {
namespace {

using protocol::ObjectKind;
using protocol::Operation;
using protocol::Status;

bool inside(std::uint64_t first, std::uint64_t count, std::size_t size) noexcept {
  return first <= size && count <= size - first;
}

}  // namespace

struct Dispatcher::Call {
  const protocol::Header& header;
  msgpack::Reader arguments;
  msgpack::Writer& reply;

  /// To be called when the arguments are read and valid, before the results are written.
  void accept() { accept(header.object); }
  void accept(std::uint64_t object) {
    protocol::write_header(reply, Status::ok, header.request, object);
  }
};

void Dispatcher::handle(std::span<const std::byte> request, msgpack::Writer& reply) {
  reply.clear();
  protocol::Header header;
  Status status = Status::malformed;
  if (protocol::read_header(request, header)) {
    if (request.size() > protocol::kMaxMessageBytes) {
      status = Status::too_large;
    } else if (header.version != protocol::kVersion) {
      status = Status::wrong_version;
    } else {
      Call call{header, msgpack::Reader(request.subspan(protocol::kHeaderBytes)), reply};
      status = run(call);
    }
  }
  if (status != Status::ok) protocol::write_header(reply, status, header.request, header.object);
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
  }
  return Status::no_such_operation;
}

template <class Visitor>
Status Dispatcher::with_elements(Call& call, ObjectKind kind, Visitor&& visit) {
  Object* object = objects_.at(call.header.object);
  if (object == nullptr) return Status::no_such_object;
  if (object->kind != kind) return Status::wrong_type;
  return std::visit(visit, object->elements);
}

Status Dispatcher::hello(Call& call) {
  if (!call.arguments.at_end()) return Status::malformed;
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

Status Dispatcher::load(Call& call) {
  if (!call.arguments.at_end()) return Status::malformed;
  return with_elements(call, ObjectKind::value, [&](const auto& elements) {
    call.accept();
    protocol::write_element(call.reply, elements.front());
    return Status::ok;
  });
}

Status Dispatcher::store(Call& call) {
  return with_elements(call, ObjectKind::value, [&]<class T>(std::vector<T>& elements) {
    T value{};
    const Status status = protocol::read_element(call.arguments, value);
    if (status != Status::ok) return status;
    if (!call.arguments.at_end()) return Status::malformed;
    call.accept();
    elements.front() = value;
    return Status::ok;
  });
}

Status Dispatcher::add(Call& call) {
  return with_elements(call, ObjectKind::value, [&]<class T>(std::vector<T>& elements) {
    T amount{};
    const Status status = protocol::read_element(call.arguments, amount);
    if (status != Status::ok) return status;
    if (!call.arguments.at_end()) return Status::malformed;
    const T before = elements.front();
    protocol::encode_add_reply(call.reply, call.header.request, call.header.object, before);
    elements.front() = wrapping_sum(before, amount);
    return Status::ok;
  });
}

Status Dispatcher::read(Call& call) {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  if (!call.arguments.unsigned_integer(first) || !call.arguments.unsigned_integer(count) ||
      !call.arguments.at_end()) {
    return Status::malformed;
  }
  return with_elements(call, ObjectKind::array, [&]<class T>(const std::vector<T>& elements) {
    if (!inside(first, count, elements.size())) return Status::out_of_range;
    // The header of the reply and of its binary value fit into a chunk with room to spare.
    if (count > (protocol::kMaxMessageBytes - protocol::kChunkBytes) / sizeof(T)) {
      return Status::too_large;
    }
    const auto slice = std::span(elements).subspan(static_cast<std::size_t>(first),
                                                   static_cast<std::size_t>(count));
    call.accept();
    encode_elements(slice, call.reply.binary_space(slice.size_bytes()));
    return Status::ok;
  });
}

Status Dispatcher::write(Call& call) {
  std::uint64_t first = 0;
  std::span<const std::byte> bytes;
  if (!call.arguments.unsigned_integer(first) || !call.arguments.binary(bytes) ||
      !call.arguments.at_end()) {
    return Status::malformed;
  }
  return with_elements(call, ObjectKind::array, [&]<class T>(std::vector<T>& elements) {
    if (bytes.size() % sizeof(T) != 0) return Status::wrong_type;
    const std::size_t count = bytes.size() / sizeof(T);
    if (!inside(first, count, elements.size())) return Status::out_of_range;
    call.accept();
    decode_elements(bytes, std::span(elements).subspan(static_cast<std::size_t>(first), count));
    return Status::ok;
  });
}

Status Dispatcher::transform(Call& call) {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::string_view name;
  if (!call.arguments.unsigned_integer(first) || !call.arguments.unsigned_integer(count) ||
      !call.arguments.text(name) || !call.arguments.at_end()) {
    return Status::malformed;
  }
  return with_elements(call, ObjectKind::array, [&]<class T>(std::vector<T>& elements) {
    if (!inside(first, count, elements.size())) return Status::out_of_range;
    const SliceOperation apply = find_operation(name, type_code<T>());
    if (apply == nullptr) return Status::no_such_operation;
    call.accept();
    apply(elements.data() + first, static_cast<std::size_t>(count));
    return Status::ok;
  });
}

Status Dispatcher::create_object(Call& call) {
  std::string_view name;
  std::string_view class_name;
  if (!call.arguments.text(name) || !call.arguments.text(class_name) || !call.arguments.at_end()) {
    return Status::malformed;
  }
  std::uint64_t number = 0;
  const Status status = objects_.create_served(name, class_name, number);
  if (status == Status::ok) call.accept(number);
  return status;
}

Status Dispatcher::call_method(Call& call) {
  std::string_view method;
  if (!call.arguments.text(method)) return Status::malformed;
  if (call.arguments.next() != msgpack::Type::array) return Status::malformed;
  Room& room = objects_.room();
  const Room before = room;
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
        object->served->call(method, {std::get<Datum::List>(arguments.content()), result, room});
    if (status != Status::ok) return status;
    // Containers see to that themselves, before they change anything.
    if (result.message_bytes() > kMaxResultBytes) return Status::too_large;
    call.accept();
    write_datum(call.reply, result);
    return Status::ok;
  } catch (const std::bad_alloc&) {
    room = before;
    call.reply.clear();
    return Status::too_large;
  }
}

}  // namespace share::manager
