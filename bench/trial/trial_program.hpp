// A trial in another build of sharebench: its command `trial` reads a request from one descriptor
// and writes the answer to another. This knows processes and pipes, not what is said.
#pragma once

#include <share/core/deadline.hpp>
#include <string>

namespace sharebench {

/// Starts `program trial <in> <out>`, hands over the request and returns the answer. The process is
/// gone afterwards, whatever happens.
/// @throws TrialFailed when it cannot be started, ends with a failure, says nothing or is too slow;
/// TrialInterrupted.
std::string ask_program(const std::string& program, const std::string& request,
                        const share::Deadline& deadline);

/// The other side: everything that can be read from a descriptor, and a whole answer written.
/// @throws share::SystemError.
std::string read_all(int descriptor);
void write_all(int descriptor, const std::string& text);

}  // namespace sharebench
