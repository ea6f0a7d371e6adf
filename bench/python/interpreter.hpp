// The Python 3 of this machine, and the program of the workers that run in it.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace sharebench {

/// A module of bench/python, embedded in this program.
struct PythonModule {
  std::string_view name;
  std::string_view text;
};
/// In the order in which they can be imported; the last is the one that runs. Generated from the
/// files.
extern const std::array<PythonModule, 4> kPythonModules;

struct PythonInterpreter {
  std::string path;     ///< of the program itself where that starts alone
  std::string version;  ///< "CPython 3.11.2"
};
/// What `python3` in PATH starts; empty texts when there is none that has what workers need. Asks
/// it once.
const PythonInterpreter& python_interpreter();
/// All modules as one text.
std::string python_program();

}  // namespace sharebench
