// The profiles built into the program; the texts are bench/profiles/*.json, embedded by CMake.
#pragma once

#include <array>
#include <string_view>

namespace sharebench {

struct BuiltInProfile {
  std::string_view name;
  std::string_view text;
};

extern const std::array<BuiltInProfile, 5> kProfiles;

}  // namespace sharebench
