// WorkerGroup: the worker processes of a trial and the waiting for them. Owns the processes:
// whatever happens, its destructor kills and reaps them.
#pragma once

#include <functional>
#include <optional>
#include <share/core/child_process.hpp>
#include <share/core/deadline.hpp>
#include <share/core/descriptor.hpp>
#include <string>
#include <vector>

#include "bench/trial/control_area.hpp"

namespace sharebench {

class WorkerGroup {
 public:
  /// @param cpus of each worker, see worker_cpus();
  /// @param area initialised, mapped from `control_descriptor`; @param report the eventfd named in
  /// it;
  /// @param inherit what the backend's users need besides; @param servers pidfds whose end is a
  /// failure.
  WorkerGroup(ControlArea area, int control_descriptor, int report,
              const std::vector<std::optional<int>>& cpus, const std::vector<int>& inherit,
              std::vector<int> servers);

  std::vector<pid_t> pids() const;

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
  void check_slots() const;

  ControlArea area_;
  int report_;
  std::vector<share::ChildProcess> workers_;
  std::vector<int> servers_;
};

}  // namespace sharebench
