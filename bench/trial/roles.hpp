// What this program becomes when a trial starts it: a worker or a server. Not for users; the
// arguments are descriptor numbers.
#pragma once

#include <string>
#include <vector>

namespace sharebench {

int be_worker(const std::vector<std::string>& arguments);
int be_manager_server(const std::vector<std::string>& arguments);
int be_echo_server(const std::vector<std::string>& arguments);

}  // namespace sharebench
