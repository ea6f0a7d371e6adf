// Floors: for a backend, the bare operation it wraps, written by hand, on the same object in the
// same memory. The general templates say "no floor"; the specialisations are in the headers of this
// folder.
#pragma once

#include <cstdint>
#include <share/contract.hpp>
#include <string>

#include "bench/floors/floor_service.hpp"

namespace sharebench {

struct NoFloor {
  static constexpr bool kExists = false;
  static constexpr bool kSameObject = false;
  static constexpr bool kPipelines = false;  ///< can have several calls in flight
  static constexpr FloorService kService = FloorService::none;
  template <class Object>
  NoFloor(Object&, const std::string& /*floor_address*/, std::uint32_t /*in_flight*/ = 0) {}
  void run(std::uint64_t) noexcept {}                 // increment: calls
  void run(std::uint64_t, std::uint64_t) noexcept {}  // square: first element, count
};

/// Floor of `increment` for backend B. `kSameObject`: its calls change the backend's counter, so
/// they count for the verification. `kService`: the server that it talks to, at floor_address.
template <class B>
struct IncrementFloor : NoFloor {
  using NoFloor::NoFloor;
};

/// Floor of `square` for backend B; always on the same array.
template <class B>
struct SquareFloor : NoFloor {
  using NoFloor::NoFloor;
};

}  // namespace sharebench
