#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <share/core/error.hpp>
#include <share/manager/datum.hpp>

namespace share::manager {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Datum::Content>> kTypeNames = {
    "null", "boolean", "integer", "double", "text", "bytes", "list", "map", "reference"};

/// Entries in the order of their keys, so that maps compare whatever order they were filled in.
std::vector<const Datum::Entry*> sorted(const Datum::Map& map) {
  std::vector<const Datum::Entry*> entries;
  entries.reserve(map.size());
  for (const Datum::Entry& entry : map) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return entries;
}

std::strong_ordering compare(const Datum::Map& a, const Datum::Map& b) {
  if (a.size() != b.size()) return a.size() <=> b.size();  // spares the sorting
  const auto left = sorted(a), right = sorted(b);
  return std::lexicographical_compare_three_way(
      left.begin(), left.end(), right.begin(), right.end(),
      [](const Datum::Entry* x, const Datum::Entry* y) {
        const std::strong_ordering keys = x->first <=> y->first;
        return std::is_neq(keys) ? keys : x->second <=> y->second;
      });
}

template <class Range>
std::strong_ordering compare_elements(const Range& a, const Range& b) {
  return std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return x <=> y; });
}

/// MessagePack's shortest form of an integer.
std::size_t integer_bytes(std::int64_t value) {
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? -(value + 1) : value);
  if (value >= 0 ? magnitude < 128 : magnitude < 32) return 1;
  const int spare = value < 0 ? 1 : 0;  // negative ones have a bit less
  for (const std::size_t bytes : {1u, 2u, 4u})
    if (magnitude >> (8 * bytes - static_cast<std::size_t>(spare)) == 0) return 1 + bytes;
  return 1 + sizeof(value);
}

/// Tag and length of something with `size` bytes or elements; sizes below `in_tag` stand in the
/// tag, and only some kinds have a form with one byte.
std::size_t head_bytes(std::size_t size, std::size_t in_tag, bool one_byte) {
  if (size < in_tag) return 1;
  if (one_byte && size < 0x100) return 2;
  return size < 0x10000 ? 3 : 5;
}

}  // namespace

Datum::Datum(const Datum&) = default;
Datum::Datum(Datum&&) noexcept = default;
Datum& Datum::operator=(const Datum&) = default;
Datum& Datum::operator=(Datum&&) noexcept = default;
Datum::~Datum() = default;

std::string_view Datum::type_name() const noexcept { return kTypeNames[content_.index()]; }

void Datum::refuse(std::size_t wanted) const {
  throw TypeMismatch("a value", kTypeNames[wanted], type_name());
}

void Datum::refuse_beyond(std::uint64_t value) {
  throw Error(fmt::format("the integer {} does not fit 64 bits with sign", value));
}

std::size_t Datum::memory_bytes() const noexcept {
  std::size_t bytes = sizeof(Datum);
  if (std::holds_alternative<Reference>(content_)) bytes += kReferenceBytes;
  if (const auto* text = std::get_if<std::string>(&content_)) {
    bytes += text->size();
  } else if (const auto* binary = std::get_if<Bytes>(&content_)) {
    bytes += binary->size();
  } else if (const auto* list = std::get_if<List>(&content_)) {
    for (const Datum& item : *list) bytes += item.memory_bytes();
  } else if (const auto* map = std::get_if<Map>(&content_)) {
    for (const Entry& entry : *map)
      bytes += entry.first.memory_bytes() + entry.second.memory_bytes();
  }
  return bytes;
}

std::size_t Datum::message_bytes() const noexcept {
  return std::visit(
      []<class T>(const T& value) -> std::size_t {
        if constexpr (std::same_as<T, std::int64_t>) {
          return integer_bytes(value);
        } else if constexpr (std::same_as<T, double>) {
          return 1 + sizeof(double);
        } else if constexpr (std::same_as<T, std::string>) {
          return head_bytes(value.size(), 32, true) + value.size();
        } else if constexpr (std::same_as<T, Bytes>) {
          return head_bytes(value.size(), 0, true) + value.size();
        } else if constexpr (std::same_as<T, List>) {
          std::size_t bytes = head_bytes(value.size(), 16, false);
          for (const Datum& item : value) bytes += item.message_bytes();
          return bytes;
        } else if constexpr (std::same_as<T, Map>) {
          std::size_t bytes = head_bytes(value.size(), 16, false);
          for (const auto& [key, item] : value) bytes += key.message_bytes() + item.message_bytes();
          return bytes;
        } else if constexpr (std::same_as<T, Reference>) {
          return 2 + sizeof(std::uint64_t);
        } else {
          return 1;
        }
      },
      content_);
}

bool operator==(const Datum& a, const Datum& b) {
  if (a.content_.index() != b.content_.index()) return false;
  const auto sizes_differ = [&]<class T>(const T& left) {
    if constexpr (requires { left.size(); }) return left.size() != std::get<T>(b.content_).size();
    return false;
  };
  return !std::visit(sizes_differ, a.content_) && std::is_eq(a <=> b);
}

std::strong_ordering operator<=>(const Datum& a, const Datum& b) {
  if (a.content_.index() != b.content_.index()) return a.content_.index() <=> b.content_.index();
  return std::visit(
      [&]<class T>(const T& left) -> std::strong_ordering {
        const T& right = std::get<T>(b.content_);
        if constexpr (std::same_as<T, Datum::Null>) {
          return std::strong_ordering::equal;
        } else if constexpr (std::same_as<T, double>) {
          return std::strong_order(left, right);
        } else if constexpr (std::same_as<T, Datum::Map>) {
          return compare(left, right);
        } else if constexpr (std::same_as<T, Datum::List> || std::same_as<T, Datum::Bytes>) {
          return compare_elements(left, right);
        } else {
          return left <=> right;
        }
      },
      a.content_);
}

void write_datum(msgpack::Writer& to, const Datum& datum) {
  std::visit(
      [&]<class T>(const T& value) {
        if constexpr (std::same_as<T, Datum::Null>) {
          to.nil();
        } else if constexpr (std::same_as<T, bool>) {
          to.boolean(value);
        } else if constexpr (std::same_as<T, std::int64_t>) {
          to.integer(value);
        } else if constexpr (std::same_as<T, double>) {
          to.real(value);
        } else if constexpr (std::same_as<T, std::string>) {
          to.text(value);
        } else if constexpr (std::same_as<T, Datum::Bytes>) {
          to.binary(value);
        } else if constexpr (std::same_as<T, Datum::List>) {
          to.array_header(value.size());
          for (const Datum& item : value) write_datum(to, item);
        } else if constexpr (std::same_as<T, Reference>) {
          to.extension(kReferenceType, value.object());
        } else {
          to.map_header(value.size());
          for (const Datum::Entry& entry : value) {
            write_datum(to, entry.first);
            write_datum(to, entry.second);
          }
        }
      },
      datum.content());
}

void collect_references(const Datum& datum, std::vector<Reference>& to) {
  if (const auto* reference = std::get_if<Reference>(&datum.content())) {
    to.push_back(*reference);
  } else if (const auto* list = std::get_if<Datum::List>(&datum.content())) {
    for (const Datum& item : *list) collect_references(item, to);
  } else if (const auto* map = std::get_if<Datum::Map>(&datum.content())) {
    for (const auto& [key, value] : *map) collect_references(value, to);
  }
}

}  // namespace share::manager
