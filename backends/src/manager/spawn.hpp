// Starts the process that becomes a server: by fork alone, or by fork and exec of another program.
#pragma once

#include <sys/types.h>

#include <share/manager/server.hpp>
#include <string>
#include <vector>

namespace share::manager {

/// The child inherits standard input, output and error and the two descriptors of `options`,
/// nothing else; the caller still owns its own copies. With an empty command the child itself
/// serves, which takes a process with one thread: throws Error otherwise, SystemError when there
/// can be no child.
pid_t spawn_server(const std::vector<std::string>& command, const ServerOptions& options);

}  // namespace share::manager
