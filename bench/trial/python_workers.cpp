// Python's workers: a parent that forks them (bench/python/parent.py), and watches on each.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <share/core/child_process.hpp>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>

#include "bench/python/interpreter.hpp"
#include "bench/trial/trial.hpp"
#include "bench/trial/trial_program.hpp"
#include "bench/trial/worker_processes.hpp"

namespace sharebench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kStartLimit(20);  // a fork of each worker, and a manager's server
constexpr milliseconds kEndLimit(2000);

/// The program's text in memory: nothing is looked up on a disk, nothing is left there.
share::Descriptor script_descriptor() {
  share::Descriptor script(memfd_create("sharebench-python-worker", MFD_CLOEXEC));
  if (!script) throw share::SystemError("memfd_create", "the Python workers' program", errno);
  write_all(script.get(), python_program());
  return script;
}

std::string cpu_list(const std::vector<std::optional<int>>& cpus) {
  std::string list;
  for (const std::optional<int>& cpu : cpus)
    list += fmt::format("{}{}", list.empty() ? "" : ",", cpu ? std::to_string(*cpu) : "-");
  return list;
}

class PythonWorkers final : public WorkerProcesses {
 public:
  explicit PythonWorkers(const LaunchSpec& spec) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw share::SystemError("pipe2", "Python's workers", errno);
    const share::Descriptor ready(ends[0]);
    share::Descriptor for_parent(ends[1]);
    share::Descriptor script = script_descriptor();
    share::ChildProcess::Options options;
    options.command = {python_interpreter().path,
                       "-I",
                       fmt::format("/proc/self/fd/{}", script.get()),
                       std::to_string(spec.control_descriptor),
                       std::to_string(for_parent.get()),
                       cpu_list(spec.cpus)};
    options.inherit = spec.inherit;
    options.inherit.insert(options.inherit.end(),
                           {spec.control_descriptor, for_parent.get(), script.get()});
    parent_.emplace(share::ChildProcess::start(options));
    for_parent.close();  // so that the parent's end is the end of the pipe
    watch(read_answer(ready.get()), spec.cpus.size());
  }
  ~PythonWorkers() override {
    if (!parent_) return;
    parent_->kill_and_wait();
    // They get SIGKILL when their parent ends.
    for (const share::ProcessWatch& process : watches_)
      if (!process.ends_within(kEndLimit)) process.send(SIGKILL);
  }

  std::vector<pid_t> pids() const override { return pids_; }
  std::vector<int> pidfds() const override {
    std::vector<int> pidfds;
    for (std::size_t w = 0; w < pids_.size(); ++w) pidfds.push_back(watches_[w].descriptor());
    return pidfds;
  }
  std::vector<pid_t> server_pids() const override { return server_pids_; }
  /// Only the parent is told how they ended; it ends with them.
  std::optional<Exit> wait(std::size_t, const share::Deadline& deadline) override {
    const auto end = parent_->wait(deadline);
    if (!end) return std::nullopt;
    return Exit{end->clean(), "Python's parent: " + end->describe()};
  }

 private:
  std::string read_answer(int ready) {
    const auto deadline = share::Deadline::after(kStartLimit);
    std::string text;
    while (!text.ends_with('\n')) {
      pollfd readable{ready, POLLIN, 0};
      const int readiness = poll(&readable, 1, deadline.poll_timeout());
      if (readiness == 0) throw TrialFailed("Python's workers did not start in time");
      if (readiness == -1) continue;  // a signal
      char buffer[4096];
      const ssize_t got = read(ready, buffer, sizeof buffer);
      if (got == 0) {
        const auto end = parent_->wait(share::Deadline::after(kEndLimit));
        throw TrialFailed("Python's workers did not start: " +
                          (end ? end->describe() : std::string("no answer")));
      }
      if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }
  void watch(const std::string& answer, std::size_t workers) {
    const auto started = nlohmann::json::parse(answer);
    pids_ = started.at("workers").get<std::vector<pid_t>>();
    server_pids_ = started.at("servers").get<std::vector<pid_t>>();
    if (pids_.size() != workers) throw TrialFailed("Python started another number of workers");
    for (const pid_t pid : pids_) watches_.push_back(share::ProcessWatch::of(pid));
    for (const pid_t pid : server_pids_) watches_.push_back(share::ProcessWatch::of(pid));
  }

  std::optional<share::ChildProcess> parent_;
  std::vector<pid_t> pids_, server_pids_;
  std::vector<share::ProcessWatch> watches_;  // workers, then servers
};

}  // namespace

std::unique_ptr<WorkerProcesses> launch_python_workers(const LaunchSpec& spec) {
  return std::make_unique<PythonWorkers>(spec);
}

}  // namespace sharebench
