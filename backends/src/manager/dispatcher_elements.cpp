#include <share/manager/elements.hpp>
#include <share/manager/operations.hpp>
#include <string_view>

#include "dispatcher_call.hpp"

namespace share::manager {
namespace {

bool inside(std::uint64_t first, std::uint64_t count, std::size_t size) noexcept {
  return first <= size && count <= size - first;
}

}  // namespace

using protocol::ObjectKind;
using protocol::Status;

template <class Visitor>
Status Dispatcher::with_elements(Call& call, ObjectKind kind, Visitor&& visit) {
  Object* object = objects_.at(call.header.object);
  if (object == nullptr) return Status::no_such_object;
  if (object->kind != kind) return Status::wrong_type;
  return std::visit(visit, object->elements);
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

}  // namespace share::manager
