#include "bench/registry/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <share/core/error.hpp>

#include "bench/registry/pair.hpp"
#include "bench/registry/python.hpp"

namespace sharebench {
namespace {

std::vector<BackendInfo> list_backends() {
  std::vector<BackendInfo> list;
  share::AllBackends::for_each([&]<class B>() {
    list.push_back({std::string(B::traits.name), B::traits, B::details(), true});
  });
#if !SHARE_HAS_ZEROMQ
  for (const char* name : {"manager.ipc", "manager.tcp", "manager.shm", "manager.shm.spin",
                           "manager.shm.block", "manager.getset"})
    list.push_back(
        {name, {}, "not in this build: ZeroMQ (libzmq3-dev, cppzmq-dev) was missing", false});
#endif
  return list;
}

/// Without those of Python, which are asked for their interpreter.
const std::vector<BackendInfo>& own_backends() {
  static const std::vector<BackendInfo> list = list_backends();
  return list;
}

std::vector<Pairing> list_pairings() {
  std::vector<Pairing> all = increment_pairings();
  for (std::vector<Pairing>& more :
       std::array{square_pairings(), record_pairings(), container_pairings(), python_pairings()})
    std::move(more.begin(), more.end(), std::back_inserter(all));
  return all;
}

const std::vector<Pairing>& all_pairings() {
  static const std::vector<Pairing> pairings = list_pairings();
  return pairings;
}

template <class Infos>
auto find_by_name(const Infos& infos, std::string_view name) -> const typename Infos::value_type* {
  for (const auto& info : infos)
    if (info.name == name) return &info;
  return nullptr;
}

}  // namespace

const std::vector<BackendInfo>& all_backends() {
  static const std::vector<BackendInfo> list = [] {
    std::vector<BackendInfo> all = own_backends();
    for (BackendInfo& info : python_backends()) all.push_back(std::move(info));
    return all;
  }();
  return list;
}

const BackendInfo* find_backend(std::string_view name) {
  const BackendInfo* own = find_by_name(own_backends(), name);
  return own != nullptr ? own : find_by_name(all_backends(), name);
}

const std::vector<WorkloadInfo>& all_workloads() {
  static const std::vector<WorkloadInfo> list = {
      {.name = "increment",
       .operation = "counter += 1 on one shared 64-bit counter",
       .verification = "the counter equals the additions of all workers",
       .has_critical = true,
       .has_in_flight = true},
      {.name = "square",
       .operation = "a[i] = a[i] * a[i] on a ring of 61 doubles, a slice at a time",
       .verification = "every element's place on the ring equals its passes modulo 61",
       .has_elements = true},
      {.name = "record",
       .operation = "adds 1 to each 64-bit field of one shared record, the record at a time",
       .verification = "each field equals the updates of all workers",
       .has_payload = true},
      {.name = "append",
       .operation = "appends an item of payload_bytes to one shared list",
       .verification = "the list holds every worker's items, in his order, byte for byte",
       .has_payload = true,
       .has_in_flight = true},
      {.name = "dict-update",
       .operation = "adds 1 to one of 16 values of a shared dictionary",
       .verification = "each value equals the additions made to it"},
      {.name = "namespace-increment",
       .operation = "adds 1 to an attribute of a shared namespace",
       .verification = "the attribute equals the additions of all workers"},
      {.name = "custom-increment",
       .operation = "adds 1 by a method of a shared object of a custom class",
       .verification = "the object's count equals the additions of all workers"}};
  return list;
}

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const BackendInfo& info : own_backends()) names.push_back(info.name);
  for (const std::string& name : python_backend_names()) names.push_back(name);
  return names;
}

bool in_this_build(std::string_view backend) {
  const BackendInfo* own = find_by_name(own_backends(), backend);
  return own == nullptr || own->available;
}

const WorkloadInfo* find_workload(std::string_view name) {
  return find_by_name(all_workloads(), name);
}

bool has_pairing(std::string_view workload, std::string_view backend) {
  return std::any_of(all_pairings().begin(), all_pairings().end(), [&](const Pairing& pairing) {
    return pairing.workload == workload && pairing.backend == backend;
  });
}

const Pairing& find_pairing(std::string_view workload, std::string_view backend) {
  for (const Pairing& pairing : all_pairings())
    if (pairing.workload == workload && pairing.backend == backend) return pairing;
  throw share::Error(
      fmt::format("no workload '{}' on backend '{}' in this build", workload, backend));
}

std::unique_ptr<Task> make_task(const std::string& workload, const TaskParameters& parameters) {
  return find_pairing(workload, parameters.backend).make_task(parameters);
}

std::string_view text(share::Updates updates) {
  switch (updates) {
    case share::Updates::exact:
      return "exact";
    case share::Updates::lossy:
      return "lossy";
    case share::Updates::none:
      return "none";
  }
  return "?";
}

std::string_view text(share::OnDeath on_death) {
  switch (on_death) {
    case share::OnDeath::stateless:
      return "stateless";
    case share::OnDeath::recovers:
      return "recovers";
    case share::OnDeath::poisons:
      return "poisons";
    case share::OnDeath::hangs:
      return "hangs";
  }
  return "?";
}

std::string_view text(share::Atomicity atomicity) {
  switch (atomicity) {
    case share::Atomicity::nothing:
      return "nothing";
    case share::Atomicity::element:
      return "element";
    case share::Atomicity::slice:
      return "slice";
  }
  return "?";
}

}  // namespace sharebench
