#include <algorithm>
#include <share/manager/datum.hpp>
#include <vector>

namespace share::manager {
namespace {

using protocol::Status;

bool has_a_key_twice(const Datum::Map& map) {
  std::vector<const Datum*> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(&key);
  const auto less = [](const Datum* a, const Datum* b) { return *a < *b; };
  const auto same = [](const Datum* a, const Datum* b) { return *a == *b; };
  std::sort(keys.begin(), keys.end(), less);
  return std::adjacent_find(keys.begin(), keys.end(), same) != keys.end();
}

/// Reads one value, however nested, within limits.
class DatumReader {
 public:
  DatumReader(msgpack::Reader& from, Keeper* keeper) : from_(from), keeper_(keeper) {}

  Status read(Datum& datum, int depth = kMaxDatumDepth) {
    using msgpack::Type;
    if (depth == 0 || !take(sizeof(Datum))) return Status::too_large;
    switch (from_.next()) {
      case Type::nil:
        datum = Datum();
        return from_.nil() ? Status::ok : Status::malformed;
      case Type::boolean:
        return scalar<bool>(datum, &msgpack::Reader::boolean);
      case Type::integer: {
        std::int64_t value = 0;
        if (!from_.integer(value)) return Status::out_of_range;
        datum = value;
        return Status::ok;
      }
      case Type::real:
        return scalar<double>(datum, &msgpack::Reader::real);
      case Type::text: {
        std::string_view value;
        if (!from_.text(value)) return Status::malformed;
        if (!take(value.size())) return Status::too_large;
        datum = value;
        return Status::ok;
      }
      case Type::binary: {
        std::span<const std::byte> value;
        if (!from_.binary(value)) return Status::malformed;
        if (!take(value.size())) return Status::too_large;
        datum = Datum::Bytes(value.begin(), value.end());
        return Status::ok;
      }
      case Type::array:
        return read_list(datum, depth - 1);
      case Type::map:
        return read_map(datum, depth - 1);
      case Type::extension:
        return read_reference(datum);
      case Type::invalid:
      case Type::end:
        break;
    }
    return Status::malformed;
  }

 private:
  bool take(std::size_t bytes) {
    if (bytes > room_) return false;
    room_ -= bytes;
    return true;
  }

  template <class T>
  Status scalar(Datum& datum, bool (msgpack::Reader::*reader)(T&)) {
    T value{};
    if (!(from_.*reader)(value)) return Status::malformed;
    datum = value;
    return Status::ok;
  }

  Status read_list(Datum& datum, int depth) {
    std::size_t size = 0;
    if (!from_.array_header(size)) return Status::malformed;
    Datum::List list;  // grows with what is really there
    for (std::size_t i = 0; i < size; ++i)
      if (const Status status = read(list.emplace_back(), depth); status != Status::ok)
        return status;
    datum = std::move(list);
    return Status::ok;
  }

  Status read_map(Datum& datum, int depth) {
    std::size_t pairs = 0;
    if (!from_.map_header(pairs)) return Status::malformed;
    Datum::Map map;
    for (std::size_t i = 0; i < pairs; ++i) {
      auto& [key, value] = map.emplace_back();
      if (const Status status = read(key, depth); status != Status::ok) return status;
      if (!key.is_scalar()) return Status::wrong_type;
      if (const Status status = read(value, depth); status != Status::ok) return status;
    }
    if (has_a_key_twice(map)) return Status::malformed;  // which of the two was meant?
    datum = std::move(map);
    return Status::ok;
  }

  Status read_reference(Datum& datum) {
    std::int8_t type = 0;
    std::uint64_t object = 0;
    if (!from_.extension(type, object) || type != kReferenceType) return Status::malformed;
    if (keeper_ == nullptr) return Status::malformed;
    Keep keep = keeper_->keep(object);
    if (!keep) return Status::no_such_object;
    datum = Reference(object, std::move(keep));
    return Status::ok;
  }

  msgpack::Reader& from_;
  Keeper* keeper_;
  std::size_t room_ = kMaxDatumMemory;
};

}  // namespace

protocol::Status read_datum(msgpack::Reader& from, Datum& datum, Keeper* keeper) {
  return DatumReader(from, keeper).read(datum);
}

}  // namespace share::manager
