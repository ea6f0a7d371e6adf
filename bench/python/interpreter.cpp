#include "bench/python/interpreter.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <share/core/child_process.hpp>
#include <share/core/error.hpp>
#include <sstream>

namespace sharebench {
namespace {

/// Imports what the workers import, and writes its path and its version to a descriptor.
constexpr const char* kProbe = R"(
import os, sys
try:
    import ctypes, json, mmap, multiprocessing.managers, platform, resource
except ImportError:
    sys.exit(1)
if sys.version_info >= (3, 8, 3) and platform.python_implementation() == "CPython":
    text = platform.python_implementation() + " " + platform.python_version()
    os.write(int(sys.argv[1]), (sys.executable + "\n" + text).encode())
)";
constexpr std::chrono::seconds kProbeLimit(10);

/// What the interpreter says of itself; empty when it cannot run workers.
std::string probe(const std::string& interpreter) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    throw share::SystemError("pipe2", interpreter, errno);
  const share::Descriptor answer(ends[0]);
  share::Descriptor for_child(ends[1]);
  const std::string descriptor = std::to_string(for_child.get());
  share::ChildProcess child = share::ChildProcess::start(
      {{interpreter, "-I", "-c", kProbe, descriptor}, {for_child.get()}, std::nullopt});
  for_child.close();
  const auto end = child.wait(share::Deadline::after(kProbeLimit));
  char text[4096];
  if (!end || !end->clean()) return "";
  const ssize_t size = read(answer.get(), text, sizeof text);  // it fits any pipe
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "";
}

std::string find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (folder.empty()) continue;
    folder.append("/").append(name);
    if (access(folder.c_str(), X_OK) == 0) return folder;
  }
  return "";
}

}  // namespace

const PythonInterpreter& python_interpreter() {
  static const PythonInterpreter interpreter = [] {
    const std::string found = find_in_path("python3");
    const std::string answer = found.empty() ? "" : probe(found);
    const std::size_t end = answer.find('\n');
    if (end == std::string::npos) return PythonInterpreter{};
    // The program itself starts faster than a script that looks for it, if it starts alone.
    const std::string program = answer.substr(0, end);
    const bool alone = program == found || !probe(program).empty();
    return PythonInterpreter{alone ? program : found, answer.substr(end + 1)};
  }();
  return interpreter;
}

std::string python_program() {
  // A JSON string is a Python string. The modules import each other by name, so they are made known
  // before any of them runs.
  std::string program = "import sys, types\n";
  for (const PythonModule& module : kPythonModules) {
    const bool last = &module == &kPythonModules.back();
    const std::string name = last ? "__main__" : std::string(module.name);
    program += "m = types.ModuleType('" + name + "')\n";
    if (!last) program += "sys.modules['" + name + "'] = m\n";
    program += "exec(compile(" + nlohmann::json(module.text).dump() + ", '" +
               std::string(module.name) + ".py', 'exec'), m.__dict__)\n";
  }
  return program;
}

}  // namespace sharebench
