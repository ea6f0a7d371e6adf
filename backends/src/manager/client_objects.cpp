// What a Connection has to do with making and finding objects.
#include <fmt/format.h>

#include <share/core/error.hpp>
#include <share/manager/client.hpp>

#include "line.hpp"

namespace share::manager {

using protocol::Operation;
using protocol::Status;

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

Connection::Found Connection::find(const Which& which) {
  if (which.by_name()) {
    begin(Operation::find).text(which.name());
  } else {
    begin(Operation::identify, which.reference().object());
  }
  const protocol::Header header = line_->exchange();
  if (which.by_name() && header.code == static_cast<std::uint8_t>(Status::no_such_object)) {
    throw NoSuchObject(which.name(), address());
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
  found.reference = Reference(header.object, line_->held().told(header.object));
  return found;
}

Reference Connection::find_elements(const Which& which, protocol::ObjectKind kind, char type_code,
                                    std::size_t size) {
  Found found = find(which);
  const auto wanted_kind = static_cast<std::uint64_t>(kind);
  const std::string_view wanted_type(&type_code, 1);
  if (found.type != wanted_type || found.kind != wanted_kind || found.size != size) {
    throw TypeMismatch(which.shown(), describe(wanted_kind, wanted_type, size),
                       describe(found.kind, found.type, found.size));
  }
  return found.reference;
}

Reference Connection::find_value(const Which& which, char type_code) {
  return find_elements(which, protocol::ObjectKind::value, type_code, 1);
}

Reference Connection::find_array(const Which& which, char type_code, std::size_t size) {
  return find_elements(which, protocol::ObjectKind::array, type_code, size);
}

Reference Connection::find_served(const Which& which, std::string_view class_name) {
  Found found = find(which);
  const auto served = static_cast<std::uint64_t>(protocol::ObjectKind::served);
  if (found.kind != served || found.type != class_name) {
    throw TypeMismatch(which.shown(), describe(served, class_name, 0),
                       describe(found.kind, found.type, found.size));
  }
  return found.reference;
}

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

Reference Connection::new_value(char type_code) {
  msgpack::Writer& request = begin(Operation::create_value);
  request.nil();
  request.text({&type_code, 1});
  return created();
}

Reference Connection::new_array(char type_code, std::size_t size) {
  msgpack::Writer& request = begin(Operation::create_array);
  request.nil();
  request.text({&type_code, 1});
  request.unsigned_integer(size);
  return created();
}

Reference Connection::new_object(std::string_view class_name, const Datum::List& arguments) {
  msgpack::Writer& request = begin(Operation::create_object);
  request.nil();
  request.text(class_name);
  write_datum(request, Datum(arguments));
  return created();
}

Reference Connection::created() {
  const protocol::Header header = line_->exchange();
  line_->check(header);
  return {header.object, line_->held().told(header.object)};
}

void Connection::remove_name(std::string_view name) {
  begin(Operation::remove_name).text(name);
  const protocol::Header header = line_->exchange();
  if (header.code == static_cast<std::uint8_t>(Status::no_such_object)) {
    throw NoSuchObject(name, address());
  }
  line_->check(header);
}

Connection::References Connection::references(std::uint64_t object) {
  begin(Operation::references, object);
  msgpack::Reader results = call();
  References found;
  if (!results.boolean(found.named) || !results.unsigned_integer(found.clients) ||
      !results.unsigned_integer(found.stored)) {
    refuse_results();
  }
  return found;
}

Keeper& Connection::keeper() const noexcept { return line_->held(); }

}  // namespace share::manager
