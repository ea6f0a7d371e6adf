// WorkerGroup: the worker processes of a trial and the waiting for them. Owns the processes, and so
// ends them whatever happens.
#pragma once

#include <functional>
#include <memory>
#include <share/core/deadline.hpp>
#include <share/core/descriptor.hpp>
#include <string>
#include <vector>

#include "bench/trial/control_area.hpp"
#include "bench/trial/worker_processes.hpp"

namespace sharebench {

/// @throws TrialFailed when a worker has written that it failed.
void fail_for_slots(ControlArea area);

class WorkerGroup {
 public:
  /// @param area initialised; @param report the eventfd named in it; @param workers just started;
  /// @param servers pidfds whose end is a failure.
  WorkerGroup(ControlArea area, int report, std::unique_ptr<WorkerProcesses> workers,
              std::vector<int> servers);

  std::vector<pid_t> pids() const { return workers_->pids(); }

  /// Asks for `phase` and waits until every worker has done it.
  void perform(Phase phase, const share::Deadline& deadline);
  /// Only asks.
  void ask(Phase phase);
  /// Sleeps until `done()` holds, true, or the deadline passes, false; looks whenever a worker
  /// reports something.
  /// @throws TrialFailed when a worker or a server dies or a worker reports an error;
  /// TrialInterrupted.
  bool wait_until(const share::Deadline& deadline, const std::function<bool()>& done);
  /// Sleeps until the time, with the same watch.
  void sleep_until(const share::Deadline& time);

  /// @throws TrialFailed also when the deadline passes.
  void wait_for_phase(Phase phase, const share::Deadline& deadline);
  /// All leave; returns when every process is reaped.
  void leave(const share::Deadline& deadline);

 private:
  /// Looks at everything once, sleeping until the deadline at most. False: the deadline passed.
  bool watch(const share::Deadline& deadline);
  [[noreturn]] void fail_for(std::size_t worker);

  ControlArea area_;
  int report_;
  std::unique_ptr<WorkerProcesses> workers_;
  std::vector<int> servers_;
};

}  // namespace sharebench
