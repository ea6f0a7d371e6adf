// What this binary was built from. The source file is generated at each build.
#pragma once

#include <map>
#include <string>

namespace sharebench {

struct BuildInfo {
  std::string git_sha;  ///< short; "unknown" outside a git checkout
  bool git_dirty;
  std::string type, compiler, flags;
  bool optimised;
  std::map<std::string, std::string> versions;  ///< of the libraries it runs with
};

const BuildInfo& build_info();

}  // namespace sharebench
