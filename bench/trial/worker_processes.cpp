#include "bench/trial/worker_processes.hpp"

#include <share/core/child_process.hpp>

namespace sharebench {
namespace {

class OwnWorkers final : public WorkerProcesses {
 public:
  explicit OwnWorkers(const LaunchSpec& spec) {
    for (std::size_t w = 0; w < spec.cpus.size(); ++w) {
      share::ChildProcess::Options options;
      options.command = {"/proc/self/exe", "worker", std::to_string(spec.control_descriptor),
                         std::to_string(w)};
      options.inherit = spec.inherit;
      options.inherit.push_back(spec.control_descriptor);
      options.cpu = spec.cpus[w];
      workers_.push_back(share::ChildProcess::start(options));
    }
  }
  std::vector<pid_t> pids() const override {
    std::vector<pid_t> pids;
    for (const auto& worker : workers_) pids.push_back(worker.pid());
    return pids;
  }
  std::vector<int> pidfds() const override {
    std::vector<int> pidfds;
    for (const auto& worker : workers_) pidfds.push_back(worker.pidfd());
    return pidfds;
  }
  std::optional<Exit> wait(std::size_t worker, const share::Deadline& deadline) override {
    const auto end = workers_[worker].wait(deadline);
    if (!end) return std::nullopt;
    return Exit{end->clean(), end->describe()};
  }

 private:
  std::vector<share::ChildProcess> workers_;
};

}  // namespace

std::unique_ptr<WorkerProcesses> launch_own_workers(const LaunchSpec& spec) {
  return std::make_unique<OwnWorkers>(spec);
}

std::unique_ptr<WorkerProcesses> launch_workers(Runtime runtime, const LaunchSpec& spec) {
  return runtime == Runtime::python ? launch_python_workers(spec) : launch_own_workers(spec);
}

}  // namespace sharebench
