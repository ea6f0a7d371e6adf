#include <array>
#include <share/core/error.hpp>
#include <share/manager/waiting.hpp>

namespace share::manager {
namespace {

constexpr std::array<std::string_view, 3> kNames{"spin", "spin-then-block", "block"};

}  // namespace

std::string_view name_of(Waiting waiting) noexcept {
  return kNames.at(static_cast<std::size_t>(waiting));
}

Waiting parse_waiting(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames.at(i) == text) return static_cast<Waiting>(i);
  throw BadAddress(text, "spin, spin-then-block or block");
}

}  // namespace share::manager
