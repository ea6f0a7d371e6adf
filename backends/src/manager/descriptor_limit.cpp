#include "descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <share/core/error.hpp>

namespace share::manager {

std::size_t quarter_of_descriptors() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) throw SystemError("getrlimit", "NOFILE", errno);
  return std::max<std::size_t>(files.rlim_cur / 4, 8);
}

}  // namespace share::manager
