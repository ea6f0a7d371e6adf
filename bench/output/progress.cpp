#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "bench/output/console.hpp"

namespace sharebench {
namespace {

constexpr double kHeartbeatSeconds = 30;

bool is_terminal(std::FILE* stream) {
  const char* term = std::getenv("TERM");
  const char* ci = std::getenv("CI");
  return isatty(fileno(stream)) == 1 && !(ci && std::strcmp(ci, "true") == 0) &&
         !(term && std::strcmp(term, "dumb") == 0);
}

std::string outcome(const TrialRecord& record) {
  if (!record.result) return "FAILED: " + record.failure;
  const TrialResult& r = *record.result;
  std::string text =
      fmt::format("{:>9}/op  overlap {:.3f}", format_ns(r.ns_per_operation()), r.overlap);
  const std::uint64_t lost = r.lost + r.wrong_elements;
  if (lost != 0) text += fmt::format("  lost {}", lost);
  if (!r.valid()) text += fmt::format("  INVALID: {} {}", r.invalid[0].code, r.invalid[0].text);
  return text;
}

}  // namespace

bool use_colour(const std::string& choice, std::FILE* stream) {
  if (choice != "auto") return choice == "always";
  return std::getenv("NO_COLOR") == nullptr && is_terminal(stream);
}

Progress::Progress(std::size_t trials, std::FILE* to)
    : to_(to),
      terminal_(is_terminal(to)),
      trials_(trials),
      begin_(std::chrono::steady_clock::now()),
      last_line_(begin_) {}

double Progress::elapsed() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void Progress::begin_block(const std::string& stage, std::uint32_t block, std::uint32_t blocks) {
  stage_ = fmt::format("{} {}/{}", stage, block + 1, blocks);
  block_ = block;
  done_at_block_ = done_;
  if (!terminal_)
    say(fmt::format("[{:4.0f} s] {}: {} of {} trials done", elapsed(), stage_, done_, trials_));
}

void Progress::begin_trial(const Cell& cell) {
  if (!terminal_) return;
  const double left =
      done_ == 0 ? 0
                 : elapsed() / static_cast<double>(done_) * static_cast<double>(trials_ - done_);
  fmt::print(to_, "\r\x1b[K[{}] {}/{} trials, about {:.0f} s left: {}", stage_, done_, trials_,
             left, registered_name(cell));
  std::fflush(to_);
}

void Progress::end_trial(const TrialRecord& record) {
  ++done_;
  const bool bad = !record.result || record.result->promise_broken();
  const double silent =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - last_line_).count();
  if (bad || (!terminal_ && (block_ == 0 || silent > kHeartbeatSeconds)))
    say(fmt::format("  {:<58} {}", registered_name(record.cell), outcome(record)));
}

void Progress::end_block(const BlockRecord& block) {
  if (block.noise.empty()) return;
  if (block.dropped) trials_ += done_ - done_at_block_;  // they are measured once more
  say(fmt::format(
      "  noisy block, {}: {}{}", block.dropped ? "repeated" : "kept", block.noise.front(),
      block.noise.size() > 1 ? fmt::format(" and {} more", block.noise.size() - 1) : ""));
}

void Progress::say(const std::string& text) {
  clear_line();
  fmt::print(to_, "{}\n", text);
  std::fflush(to_);
  last_line_ = std::chrono::steady_clock::now();
}

void Progress::finish() { clear_line(); }

void Progress::clear_line() {
  if (terminal_) fmt::print(to_, "\r\x1b[K");
}

}  // namespace sharebench
