#include "bench/registry/python.hpp"

#include "bench/python/interpreter.hpp"

namespace sharebench {
namespace {

using share::Atomicity;
using share::OnDeath;
using share::RunsIn;
using share::Traits;
using share::Updates;

constexpr Traits kRaw{.name = "python.raw",
                      .updates = Updates::lossy,
                      .on_death = OnDeath::stateless,
                      .transform = Atomicity::nothing,
                      .runs_in = RunsIn::user};
// Locks of multiprocessing stay locked when their holder dies.
constexpr Traits kValue{.name = "python.value",
                        .updates = Updates::exact,
                        .on_death = OnDeath::hangs,
                        .transform = Atomicity::slice,
                        .runs_in = RunsIn::user};
constexpr Traits kManager{.name = "python.manager",
                          .updates = Updates::exact,
                          .on_death = OnDeath::hangs,
                          .transform = Atomicity::slice,
                          .runs_in = RunsIn::user,
                          .remote = true,
                          .copies_slice = true};

BackendInfo info(const Traits& traits, const std::string& what) {
  const PythonInterpreter& python = python_interpreter();
  if (python.version.empty())
    return {std::string(traits.name), traits,
            "not on this machine: no python3 (CPython 3.8.3 or later)", false};
  return {std::string(traits.name), traits, what + "; " + python.version + ", " + python.path,
          true};
}

/// The parent of the workers makes and owns what they share.
class MadeByParent final : public OwnedBackend {
 public:
  std::string address() const override { return "python:inherited"; }
  std::vector<int> inherited_descriptors() const override { return {}; }
  std::vector<pid_t> server_pids() const override { return {}; }
};

Pairing pairing(const std::string& workload, const Traits& traits) {
  Pairing pairing;
  pairing.workload = workload;
  pairing.backend = traits.name;
  pairing.create = [](const share::CreateOptions&, std::uint64_t) {
    return std::make_unique<MadeByParent>();
  };
  pairing.runtime = Runtime::python;
  pairing.takes_thought = false;
  return pairing;
}

}  // namespace

std::vector<std::string> python_backend_names() {
  return {std::string(kRaw.name), std::string(kValue.name), std::string(kManager.name)};
}

std::vector<BackendInfo> python_backends() {
  return {info(kRaw, "RawValue, RawArray: no lock (control)"),
          info(kValue, "Value, Array under their get_lock()"),
          info(kManager, "Manager: lock, get, set, release")};
}

std::vector<Pairing> python_pairings() {
  std::vector<Pairing> pairings;
  for (const char* workload : {"increment", "square"})
    for (const Traits& traits : {kRaw, kValue, kManager})
      pairings.push_back(pairing(workload, traits));
  pairings.push_back(pairing("append", kManager));
  return pairings;
}

}  // namespace sharebench
