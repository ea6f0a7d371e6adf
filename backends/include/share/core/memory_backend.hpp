// MemoryBackend: everything that all shared-memory backends have in common, so that each of them is
// only its way of updating. A policy supplies
//   static constexpr Traits traits;  static std::string details();
//   struct Header         what stands before the elements (a lock, or nothing); `init()` once
//   template <Element T> class Counter   from (Header&, T&); may be constrained to some T
//   template <Element T> class Array     from (Header&, std::span<T>); or none
// The owner makes an anonymous segment; users inherit its descriptor. The address is
// "memfd:<number>".
#pragma once

#include <charconv>
#include <new>
#include <share/contract.hpp>
#include <share/core/error.hpp>
#include <share/core/exactly.hpp>
#include <share/core/object_store.hpp>
#include <share/core/segment.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace share {

/// The descriptor number in "memfd:<number>". @throws BadAddress.
inline int memfd_of(const std::string& address) {
  constexpr std::string_view kScheme = "memfd:";
  int fd = -1;
  const char* end = address.data() + address.size();
  if (address.starts_with(kScheme)) {
    const auto parsed = std::from_chars(address.data() + kScheme.size(), end, fd);
    if (parsed.ec == std::errc() && parsed.ptr == end && fd >= 0) return fd;
  }
  throw BadAddress(address, "memfd:<number of an inherited descriptor>");
}

template <class Policy, class T>
concept PolicyCounts = requires {
  typename Policy::template Counter<T>;
};
template <class Policy, class T>
concept PolicyHasArrays = requires {
  typename Policy::template Array<T>;
};

template <class Policy>
class MemoryBackend {
  using Header = typename Policy::Header;
  // Other processes see the bytes, not the object. Boost's interprocess locks have a destructor
  // that only checks; they too consist of nothing but bytes.
  static_assert(std::is_standard_layout_v<Header> && !std::is_polymorphic_v<Header>);

  template <Element T>
  static ObjectStore::Kind kind(std::string_view form, std::size_t count) {
    return {form, type_code<T>(), count, sizeof(Header), sizeof(T)};
  }
  // A lock may be larger than a line.
  static constexpr std::size_t kRoomForHeaders =
      ObjectStore::kOverhead + (sizeof(Header) > kCacheLine ? 32 * whole_lines(sizeof(Header)) : 0);
  static std::string form(std::string_view what) {
    return std::string(Policy::traits.name).append("/").append(what);
  }

 public:
  static constexpr Traits traits = Policy::traits;
  /// Something stands beside the elements that is not on lines of its own anyway, so
  /// CreateOptions::apart_bytes matters.
  static constexpr bool kHasHeader = !std::is_empty_v<Header> && alignof(Header) < kCacheLine;
  static std::string details() { return Policy::details(); }

  class Owner {
   public:
    explicit Owner(const CreateOptions& options)
        : segment_(Segment::create(std::string(Policy::traits.name),
                                   options.payload_bytes + kRoomForHeaders)),
          store_(ObjectStore::create(segment_.data(), segment_.size())),
          apart_bytes_(options.apart_bytes) {}

    template <Element T>
    requires PolicyCounts<Policy, T>
    void add_value(std::string_view name) { add<T>(name, form("value"), 1); }
    template <Element T>
    requires PolicyHasArrays<Policy, T>
    void add_array(std::string_view name, std::size_t count) { add<T>(name, form("array"), count); }
    std::string address() const { return "memfd:" + std::to_string(segment_.descriptor()); }
    std::vector<int> inherited_descriptors() const { return {segment_.descriptor()}; }
    std::vector<pid_t> server_pids() const { return {}; }

   private:
    template <Element T>
    void add(std::string_view name, const std::string& form, std::size_t count) {
      const ObjectStore::Block block = store_.make(name, kind<T>(form, count), apart_bytes_);
      (new (block.header) Header)->init();
    }
    Segment segment_;
    ObjectStore store_;
    std::size_t apart_bytes_;
  };

  static Owner create(const CreateOptions& options) { return Owner(options); }

  static MemoryBackend open(const std::string& address) {
    return MemoryBackend(Segment::open(memfd_of(address)));
  }

  template <Element T>
  requires PolicyCounts<Policy, T>
  typename Policy::template Counter<T> value(std::string_view name) {
    const ObjectStore::Block block = store_.find(name, kind<T>(form("value"), 1));
    return {*header(block), *elements<T>(block)};
  }
  template <Element T>
  requires PolicyHasArrays<Policy, T>
  auto array(std::string_view name, std::size_t count) {
    using Array = typename Policy::template Array<T>;
    const ObjectStore::Block block = store_.find(name, kind<T>(form("array"), count));
    return Array(*header(block), std::span<T>(elements<T>(block), count));
  }

 private:
  explicit MemoryBackend(Segment segment)
      : segment_(std::move(segment)), store_(ObjectStore::open(segment_.data(), segment_.size())) {
    segment_.populate();
  }
  static Header* header(const ObjectStore::Block& block) {
    return std::launder(reinterpret_cast<Header*>(block.header));
  }
  template <class T>
  static T* elements(const ObjectStore::Block& block) {
    return std::launder(reinterpret_cast<T*>(block.elements));
  }

  Segment segment_;
  ObjectStore store_;
};

/// For policies that need nothing before the elements.
struct NoHeader {
  void init() noexcept {}
};

/// Shared by all arrays in memory. @throws RangeError.
inline void check_range(std::size_t first, std::size_t count, std::size_t size) {
  if (first > size || count > size - first) [[unlikely]]
    throw RangeError(first, count, size);
}

}  // namespace share
