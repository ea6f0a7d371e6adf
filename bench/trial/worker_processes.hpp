// WorkerProcesses: the processes of a trial's workers, by what started them. Owns them: whatever
// happens, its destructor kills them and returns when they have ended.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <share/core/deadline.hpp>
#include <string>
#include <vector>

#include "bench/registry/registry.hpp"

namespace sharebench {

class WorkerProcesses {
 public:
  struct Exit {
    bool clean;
    std::string description;
  };

  virtual ~WorkerProcesses() = default;
  /// By worker.
  virtual std::vector<pid_t> pids() const = 0;
  /// By worker: readable (poll) once it has ended.
  virtual std::vector<int> pidfds() const = 0;
  /// Of servers that have come with the workers.
  virtual std::vector<pid_t> server_pids() const { return {}; }
  /// How a worker ended; empty when it has not by the deadline.
  virtual std::optional<Exit> wait(std::size_t worker, const share::Deadline& deadline) = 0;
};

struct LaunchSpec {
  int control_descriptor;                ///< of the control area
  std::vector<int> inherit;              ///< what else workers need, under the same numbers
  std::vector<std::optional<int>> cpus;  ///< of each worker, see worker_cpus()
};

/// @throws share::Error when they do not start.
std::unique_ptr<WorkerProcesses> launch_workers(Runtime runtime, const LaunchSpec& spec);

/// Each an exec of this program.
std::unique_ptr<WorkerProcesses> launch_own_workers(const LaunchSpec& spec);
/// Forked by a Python parent, which makes what they share.
std::unique_ptr<WorkerProcesses> launch_python_workers(const LaunchSpec& spec);

}  // namespace sharebench
