// Makes the pairings of one workload with all backends. Included by one source file a workload, so
// that they compile side by side.
#pragma once

#include <array>
#include <iterator>
#include <share/all.hpp>

#include "bench/floors/all.hpp"
#include "bench/registry/registry.hpp"

namespace sharebench {

template <class B, template <class> class TaskOf>
class Owned final : public OwnedBackend {
 public:
  Owned(const share::CreateOptions& options, std::uint64_t elements) : owner_(B::create(options)) {
    TaskOf<B>::make_objects(owner_, elements);
  }
  std::string address() const override { return owner_.address(); }
  std::vector<int> inherited_descriptors() const override { return owner_.inherited_descriptors(); }
  std::vector<pid_t> server_pids() const override { return owner_.server_pids(); }

 private:
  typename B::Owner owner_;
};

template <class B>
constexpr bool has_layout() {
  if constexpr (requires { B::kHasHeader; }) return B::kHasHeader;
  return false;
}

/// The pairings of a workload with the backends for which `supports.operator()<B>()` is true.
template <template <class> class TaskOf, class Supports>
std::vector<Pairing> pair_with(const std::string& workload, Supports) {
  std::vector<Pairing> pairings;
  share::AllBackends::for_each([&]<class B>() {
    if constexpr (Supports{}.template operator()<B>()) {
      using Bound = TaskOf<B>;
      pairings.push_back(
          {.workload = workload,
           .backend = std::string(B::traits.name),
           .has_floor = Bound::kHasFloor,
           .floor_service = Bound::kFloorService,
           .takes_code = Bound::kTakesCode,
           .has_layout = has_layout<B>(),
           .create =
               [](const share::CreateOptions& options, std::uint64_t elements) {
                 return std::make_unique<Owned<B, TaskOf>>(options, elements);
               },
           .make_task =
               [](const TaskParameters& parameters) { return std::make_unique<Bound>(parameters); },
           .pipelines = Bound::kPipelines,
           .floor_pipelines = Bound::kFloorPipelines});
    }
  });
  return pairings;
}

inline constexpr auto kHasArrays = []<class B>() { return share::ArrayBackend<B>; };

template <template <class> class TaskOf>
std::vector<Pairing> pair_with_all(const std::string& workload) {
  return pair_with<TaskOf>(workload, []<class B>() { return true; });
}

std::vector<Pairing> increment_pairings();
std::vector<Pairing> square_pairings();
std::vector<Pairing> record_pairings();
std::vector<Pairing> container_pairings();

}  // namespace sharebench
