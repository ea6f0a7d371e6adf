// What this program becomes when a trial starts it: a worker or a server. Not for users; the
// arguments are descriptor numbers.
#pragma once

#include <string>
#include <vector>

namespace sharebench {

/// The descriptor number at a place of the arguments. @throws share::Error when it is none.
int descriptor_argument(const std::vector<std::string>& arguments, std::size_t index);

int be_worker(const std::vector<std::string>& arguments);
int be_manager_server(const std::vector<std::string>& arguments);
int be_floor_server(const std::vector<std::string>& arguments);

}  // namespace sharebench
