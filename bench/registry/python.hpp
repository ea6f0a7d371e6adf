// The reference that users come from: Python's multiprocessing, as backends of their own. Their
// workers run in Python (bench/python) and speak the same control area.
#pragma once

#include <vector>

#include "bench/registry/registry.hpp"

namespace sharebench {

std::vector<std::string> python_backend_names();
/// Unavailable where there is no Python 3.
std::vector<BackendInfo> python_backends();
std::vector<Pairing> python_pairings();

}  // namespace sharebench
