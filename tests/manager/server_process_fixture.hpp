// What the tests of servers' beginnings and ends have in common.
#pragma once

#include <share/manager/owner.hpp>
#include <string>

#include "processes.hpp"

namespace share::manager {

class ServerProcessTest : public ProcessTest {
 protected:
  static bool exists(pid_t pid) { return process_start_time(pid).has_value(); }
  ServerProcessOptions at(const std::string& endpoint, Transport transport = Transport::ipc) {
    ServerProcessOptions options;
    options.transport = transport;
    options.endpoint = endpoint;
    return options;
  }
};

}  // namespace share::manager
