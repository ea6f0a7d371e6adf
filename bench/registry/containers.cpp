#include "bench/registry/pair.hpp"
#include "bench/workloads/append.hpp"
#include "bench/workloads/update_by_key.hpp"

namespace sharebench {
namespace {

/// An append is one call with every backend, so none would be a control.
constexpr auto kAppends = []<class B>() {
  return share::ListBackend<B> && B::traits.updates == share::Updates::exact;
};
constexpr auto kHasKeys = []<class B>() { return share::KeyedBackend<B>; };
constexpr auto kHasClasses = []<class B>() { return share::ClassBackend<B>; };

}  // namespace

std::vector<Pairing> container_pairings() {
  std::vector<Pairing> all = pair_with<AppendTask>("append", kAppends);
  for (std::vector<Pairing>& more :
       std::array{pair_with<DictUpdateTask>("dict-update", kHasKeys),
                  pair_with<NamespaceIncrementTask>("namespace-increment", kHasKeys),
                  pair_with<CustomIncrementTask>("custom-increment", kHasClasses)})
    std::move(more.begin(), more.end(), std::back_inserter(all));
  return all;
}

}  // namespace sharebench
