// The registry: every backend of share::AllBackends with every workload, type-erased. The only
// place where workloads and backends meet.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <share/contract.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bench/floors/floor_service.hpp"
#include "bench/workloads/task.hpp"

namespace sharebench {

/// The owning side of a backend in one trial.
class OwnedBackend {
 public:
  virtual ~OwnedBackend() = default;
  virtual std::string address() const = 0;
  virtual std::vector<int> inherited_descriptors() const = 0;
  virtual std::vector<pid_t> server_pids() const = 0;
};

/// What workers run in.
enum class Runtime { own, python };

/// One workload on one backend.
struct Pairing {
  std::string workload;
  std::string backend;
  bool has_floor = false;
  FloorService floor_service = FloorService::none;
  bool takes_code = false;  ///< work can be put inside the update (axis critical)
  bool has_layout = false;  ///< a lock stands beside the data (axis layout)
  std::function<std::unique_ptr<OwnedBackend>(const share::CreateOptions&, std::uint64_t elements)>
      create;
  /// Empty where the workers are not of this program.
  std::function<std::unique_ptr<Task>(const TaskParameters&)> make_task;
  Runtime runtime = Runtime::own;
  bool pipelines = false, floor_pipelines = false;  ///< can have several calls in flight
  bool takes_thought = true;  ///< work can be put between the calls (axis think)
};

struct BackendInfo {
  std::string name;
  share::Traits traits;
  std::string details;  ///< versions and properties; for a missing one, what is missing
  bool available = true;

  std::string family() const { return name.substr(0, name.find('.')); }
  bool control() const { return traits.updates == share::Updates::lossy; }
  bool remote() const { return traits.remote; }
};

/// In the order of share::AllBackends, those left out of this build after them, Python's last. Asks
/// the machine for its Python.
const std::vector<BackendInfo>& all_backends();
/// The same without asking.
std::vector<std::string> backend_names();
/// False when a package for it was missing when this program was built.
bool in_this_build(std::string_view backend);
/// Null when there is none of that name.
const BackendInfo* find_backend(std::string_view name);

struct WorkloadInfo {
  std::string name;
  std::string operation;       ///< one line
  std::string verification;    ///< one line
  bool has_elements = false;   ///< takes the axes elements and slice
  bool has_payload = false;    ///< takes the axis payload_bytes
  bool has_critical = false;   ///< takes the axis critical_ns
  bool has_in_flight = false;  ///< takes the axis in_flight
};
const std::vector<WorkloadInfo>& all_workloads();
const WorkloadInfo* find_workload(std::string_view name);

/// Whether this build can run the workload on the backend.
bool has_pairing(std::string_view workload, std::string_view backend);
/// @throws share::Error for a pair that does not exist.
const Pairing& find_pairing(std::string_view workload, std::string_view backend);

std::unique_ptr<Task> make_task(const std::string& workload, const TaskParameters& parameters);

/// The text forms used in results and listings.
std::string_view text(share::Updates updates);
std::string_view text(share::OnDeath on_death);
std::string_view text(share::Atomicity atomicity);

}  // namespace sharebench
