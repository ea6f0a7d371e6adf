#include "bench/workloads/square.hpp"

#include "bench/registry/pair.hpp"

namespace sharebench {

std::vector<Pairing> square_pairings() { return pair_with<SquareTask>("square", kHasArrays); }

}  // namespace sharebench
