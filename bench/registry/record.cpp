#include "bench/workloads/record.hpp"

#include "bench/registry/pair.hpp"

namespace sharebench {

std::vector<Pairing> record_pairings() { return pair_with<RecordTask>("record", kHasArrays); }

}  // namespace sharebench
