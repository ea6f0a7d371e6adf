#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <share/core/cache_line.hpp>
#include <share/core/error.hpp>
#include <share/core/memory_backend.hpp>
#include <share/objects/object_memory.hpp>
#include <span>

namespace share {
namespace {

constexpr std::uint64_t kMagic = 0x314a424f52414853;  // "SHAROBJ1"
constexpr std::string_view kNameScheme = "shm:";
constexpr std::size_t kTextBytes = 200;

}  // namespace

struct ObjectMemory::Header {
  std::uint64_t magic;
  std::uint64_t count;
  std::uint64_t element_bytes;
  std::uint64_t lock_bytes;
  std::uint64_t elements_at;  // from the beginning
  std::uint64_t text_bytes;
  char text[kTextBytes];
  std::uint64_t checksum;  // of all before it
};

namespace {

constexpr std::size_t kLockAt = 2 * kCacheLine;

// FNV-1a: against what is written there by mistake.
std::uint64_t checksum_of(std::span<const std::byte> bytes) noexcept {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const std::byte byte : bytes)
    sum = (sum ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3;
  return sum;
}

}  // namespace

ObjectMemory::Header& ObjectMemory::header() const noexcept {
  static_assert(sizeof(Header) == kLockAt);
  return *std::launder(reinterpret_cast<Header*>(data()));
}

ObjectMemory ObjectMemory::create(const ObjectKind& kind, Reached reached) {
  if (kind.text.size() > kTextBytes)
    throw Error("shared object: the name of the type is too long: " + kind.text);
  const std::size_t elements_at = kLockAt + whole_lines(kind.lock_bytes);
  if (kind.count > (std::numeric_limits<std::ptrdiff_t>::max() - elements_at) / kind.element_bytes)
    throw RangeError(0, kind.count, std::numeric_limits<std::ptrdiff_t>::max());
  const std::size_t bytes = elements_at + kind.count * kind.element_bytes;
  ObjectMemory memory = reached == Reached::by_name
                            ? ObjectMemory(NamedSegment::create(bytes))
                            : ObjectMemory(Segment::create("share " + kind.text, bytes));
  Header& header = *new (memory.data()) Header{
      kMagic, kind.count, kind.element_bytes, kind.lock_bytes, elements_at, kind.text.size(),
      {},     0};
  std::ranges::copy(kind.text, header.text);
  header.checksum =
      checksum_of(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, checksum)));
  memory.elements_ = memory.data() + elements_at;
  memory.count_ = kind.count;
  return memory;
}

ObjectMemory ObjectMemory::mapped(const std::string& address) {
  return address.starts_with(kNameScheme)
             ? ObjectMemory(NamedSegment::open(address.substr(kNameScheme.size())))
             : ObjectMemory(Segment::open(memfd_of(address)));
}

ObjectMemory ObjectMemory::open(const ObjectKind& kind, const std::string& address) {
  ObjectMemory memory = mapped(address);
  memory.check(kind, address);
  memory.elements_ = memory.lock() + whole_lines(kind.lock_bytes);
  return memory;
}

std::string ObjectMemory::text_at(const std::string& address) {
  const Header seen = mapped(address).seen_header("a shared object", address);
  return {seen.text, seen.text_bytes};
}

/// A copy, which is whole.
ObjectMemory::Header ObjectMemory::seen_header(const std::string& wanted,
                                               const std::string& address) const {
  if (size() < kLockAt || header().magic != kMagic)
    throw TypeMismatch(address, wanted, "something else");
  const Header seen = header();
  if (seen.text_bytes > kTextBytes ||
      seen.checksum !=
          checksum_of(std::as_bytes(std::span(&seen, 1)).first(offsetof(Header, checksum))))
    throw TypeMismatch(address, wanted, "a damaged header");
  return seen;
}

// Nothing here is believed before it has been compared with what the memory can hold.
void ObjectMemory::check(const ObjectKind& kind, const std::string& address) {
  const Header seen = seen_header(kind.text, address);
  const std::string text(seen.text, seen.text_bytes);
  if (text != kind.text) throw TypeMismatch(address, kind.text, text);
  const auto with = [&](const char* what, std::uint64_t number) {
    return kind.text + ", " + what + " " + std::to_string(number);
  };
  if (seen.element_bytes != kind.element_bytes)
    throw TypeMismatch(address, with("bytes of an element", kind.element_bytes),
                       with("bytes of an element", seen.element_bytes));
  if (seen.lock_bytes != kind.lock_bytes)
    throw TypeMismatch(address, with("bytes of the lock", kind.lock_bytes),
                       with("bytes of the lock", seen.lock_bytes));
  if (kind.count != 0 && seen.count != kind.count)
    throw TypeMismatch(address, with("elements", kind.count), with("elements", seen.count));
  count_ = seen.count;
  if (seen.elements_at != kLockAt + whole_lines(kind.lock_bytes) || seen.elements_at > size() ||
      seen.count > (size() - seen.elements_at) / seen.element_bytes)
    throw TypeMismatch(address, kind.text, "a damaged header");
}

std::string ObjectMemory::address() const {
  if (named_) return std::string(kNameScheme).append(named_->name());
  return "memfd:" + std::to_string(anonymous_->descriptor());
}

std::byte* ObjectMemory::lock() const noexcept { return data() + kLockAt; }

}  // namespace share
