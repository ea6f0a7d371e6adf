// Runs a function in another process and waits for it: what multiprocessing.Process does in
// Python.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <iostream>
#include <share/core/error.hpp>

/// @returns the process id. The function must not throw beyond share::Error.
template <class Function>
pid_t start_process(Function function) {
  const pid_t pid = fork();
  if (pid == -1) throw share::SystemError("fork", "another process", errno);
  if (pid != 0) return pid;
  try {
    function();
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    _exit(1);
  }
  _exit(0);
}

/// @throws share::Error when the process failed.
inline void join_process(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) throw share::SystemError("waitpid", std::to_string(pid), errno);
  if (status != 0) throw share::Error("process " + std::to_string(pid) + " failed");
}
