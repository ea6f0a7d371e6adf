// RunPhase: the course of phase run from the coordinator's side: warm-up, window, floor in turns,
// stop. It sets the epochs by its clock and sleeps in between.
#pragma once

#include <functional>
#include <vector>

#include "bench/trial/control_area.hpp"
#include "bench/trial/process_cpu.hpp"
#include "bench/trial/trial.hpp"
#include "bench/trial/worker_group.hpp"

namespace sharebench {

class RunPhase {
 public:
  struct Setting {
    const TrialSpec& spec;
    bool remote = false;
    std::uint32_t window_ms = 0;
    bool with_floor = false;
    std::function<void()> before_floor;
  };
  struct Outcome {
    bool steady = false;  ///< the warm-up settled
    double warmup_seconds = 0;
    double server_cpu_seconds = 0;  ///< in the window, as is
    bool open_loop = false;
    double clock_ppm = 0, half_ratio = 1;    ///< see TrialResult
    std::vector<double> worker_cpu_seconds;  ///< as the coordinator saw it at the epochs
  };

  /// The area, the group and the servers must outlive this.
  RunPhase(Setting setting, ControlArea area, WorkerGroup& workers,
           const std::vector<ProcessCpu>& servers)
      : setting_(std::move(setting)), area_(area), workers_(workers), servers_(servers) {}

  /// @throws TrialFailed when nobody gets a call done, or a worker does not come back after stop;
  /// TrialInterrupted.
  Outcome run();

 private:
  struct Moment {
    std::uint64_t raw, mono, progress;
  };
  Moment moment() const;
  static double rate_between(const Moment& begin, const Moment& end);

  void warm_up();
  void set_arrivals();
  void measure_floor();
  bool all_noted(Epoch epoch);
  std::uint64_t window() const;
  double worker_call_seconds() const;
  void set_epoch(Epoch epoch);
  std::uint64_t progress() const;
  std::uint64_t progress_at_open() const;
  bool all_progressed() const;

  Setting setting_;
  ControlArea area_;
  WorkerGroup& workers_;
  const std::vector<ProcessCpu>& servers_;
  Outcome outcome_;
  double calls_a_second_ = 0;  ///< of all workers, in the warm-up
};

}  // namespace sharebench
