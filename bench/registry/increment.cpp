#include "bench/workloads/increment.hpp"

#include "bench/registry/pair.hpp"

namespace sharebench {

std::vector<Pairing> increment_pairings() { return pair_with_all<IncrementTask>("increment"); }

}  // namespace sharebench
