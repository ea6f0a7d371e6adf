#include "bench/trial/trial_program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <share/core/child_process.hpp>
#include <share/core/descriptor.hpp>
#include <share/core/error.hpp>

#include "bench/trial/interrupt.hpp"
#include "bench/trial/trial.hpp"

namespace sharebench {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw share::SystemError("pipe2", "trial", errno);
    read = share::Descriptor(ends[0]);
    write = share::Descriptor(ends[1]);
  }
  share::Descriptor read, write;
};

/// Waits for more to read; false at the deadline.
bool wait_readable(int descriptor, const share::Deadline& deadline) {
  pollfd watched{descriptor, POLLIN, 0};
  while (true) {
    const int ready = poll(&watched, 1, deadline.poll_timeout());
    if (interrupts() > 1) throw TrialInterrupted();
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) throw share::SystemError("poll", "trial", errno);
  }
}

}  // namespace

std::string ask_program(const std::string& program, const std::string& request,
                        const share::Deadline& deadline) {
  Pipe question, answer;
  share::ChildProcess::Options options;
  options.command = {program, "trial", std::to_string(question.read.get()),
                     std::to_string(answer.write.get())};
  options.inherit = {question.read.get(), answer.write.get()};
  // A request is far smaller than a pipe. Written before there is a reader that could die, it can
  // raise no SIGPIPE.
  write_all(question.write.get(), request);
  question.write.close();
  share::ChildProcess process = share::ChildProcess::start(options);
  question.read.close();
  answer.write.close();  // so that the end of the process is the end of the answer

  std::string text;
  char buffer[4096];
  while (true) {
    if (!wait_readable(answer.read.get(), deadline))
      throw TrialFailed(fmt::format("{}: no answer to a trial in time", program));
    const ssize_t got = read(answer.read.get(), buffer, sizeof buffer);
    if (got == 0) break;
    if (got < 0 && errno != EINTR) throw share::SystemError("read", program, errno);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  }
  const auto end = process.wait(deadline);
  if (!end || !end->clean() || text.empty())
    throw TrialFailed(fmt::format("{} trial: {}", program,
                                  !end           ? "did not end"
                                  : text.empty() ? end->describe() + " without an answer"
                                                 : end->describe()));
  return text;
}

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(descriptor, buffer, sizeof buffer);
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) throw share::SystemError("read", "request", errno);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  }
}

void write_all(int descriptor, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(descriptor, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) throw share::SystemError("write", "answer", errno);
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
}

}  // namespace sharebench
