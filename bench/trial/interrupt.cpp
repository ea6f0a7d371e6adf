#include "bench/trial/interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace sharebench {
namespace {

std::atomic<int> interrupts_seen{0};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void on_interrupt(int) {
  static constexpr char kText[] =
      "\nfinishing the trial in progress; interrupt again to stop now\n";
  if (interrupts_seen.fetch_add(1, std::memory_order_relaxed) != 0) return;
  // write() is all that a handler may use; when it fails there is nobody to tell.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText, sizeof kText - 1);
}

}  // namespace

void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;  // no SA_RESTART
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int interrupts() noexcept { return interrupts_seen.load(std::memory_order_relaxed); }

}  // namespace sharebench
