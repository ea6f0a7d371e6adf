// What a server inherits, how a start fails, and servers that are programs of their own.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <share/core/error.hpp>
#include <share/manager/client.hpp>
#include <share/manager/server.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "server_process_fixture.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;
using ServerStartTest = ServerProcessTest;

TEST_F(ServerStartTest, InheritsNothingButWhatItNeeds) {
  const Descriptor extra(::dup(STDERR_FILENO));
  ServerProcess server{ServerProcessOptions{}};
  const std::string process = "/proc/" + std::to_string(server.pid());
  std::ifstream limits(process + "/limits");
  std::string core;
  while (std::getline(limits, core) && !core.starts_with("Max core file size")) {
  }
  std::istringstream fields(core.substr(sizeof "Max core file size" - 1));
  std::string soft;
  fields >> soft;
  EXPECT_EQ(soft, "0");
  struct stat ours {};
  struct stat theirs {};
  ASSERT_EQ(::fstat(extra.get(), &ours), 0);
  const std::string copy = process + "/fd/" + std::to_string(extra.get());
  EXPECT_FALSE(::stat(copy.c_str(), &theirs) == 0 && ours.st_ino == theirs.st_ino &&
               ours.st_dev == theirs.st_dev);
}

TEST_F(ServerStartTest, AFileThatIsNoSocketIsNotRemoved) {
  std::ofstream(socket_path()) << "precious";
  EXPECT_THROW(ServerProcess server(at(file_endpoint())), SystemError);
  std::string text;
  std::ifstream(socket_path()) >> text;
  EXPECT_EQ(text, "precious");
  ::unlink(socket_path().c_str());
  EXPECT_FALSE(files_left());
}

TEST_F(ServerStartTest, FailuresToStartKeepTheirType) {
  EXPECT_THROW(ServerProcess server(at("ipc:///no/such/folder/socket")), SystemError);
  EXPECT_THROW(ServerProcess server(at("ipc://" + std::string(108, '/'))), BadAddress);
  ServerProcessOptions options;
  options.server_command = {"/no/such/program"};
  try {
    ServerProcess server(options);
    FAIL() << "started";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ENOENT);
  }
  options.server_command = {"true"};
  EXPECT_THROW(ServerProcess server(options), Error);
  options.server_command = {"sh", "-c", "exec sleep 60"};
  options.start_timeout = options.ask_timeout = options.terminate_timeout = milliseconds(100);
  EXPECT_THROW(ServerProcess server(options), TimedOut);
}

#if !defined(__SANITIZE_THREAD__)
TEST_F(ServerStartTest, AProcessWithThreadsIsToldWhatToDo) {
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) std::this_thread::yield();
  });
  try {
    ServerProcess server{ServerProcessOptions{}};
    ADD_FAILURE() << "started";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("server_command"), std::string::npos);
  }
  done = true;
  other.join();
}
#endif

// Started by the next test as a program of its own; its arguments follow those of GoogleTest.
TEST(DISABLED_ManagerServerProgram, Serves) {
  std::ifstream file("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) {
    if (word.starts_with("--manager-")) arguments.push_back(word.data());
  }
  ::_exit(serve_from_arguments(arguments));
}

TEST_F(ServerStartTest, AnotherProgramServes) {
  ServerProcessOptions options = at(file_endpoint());
  options.server_command = {"/proc/self/exe", "--gtest_filter=DISABLED_ManagerServerProgram.Serves",
                            "--gtest_also_run_disabled_tests", "--gtest_brief=1"};
  {
    ServerProcess first(options);
    first.add_value("counter", 'q');
    Connection connection(first.address());
    EXPECT_NE(connection.find_value("counter", 'q').object(), 0U);
    // A process with threads, such as ZeroMQ's, can still start servers this way.
    options.endpoint.clear();
    ServerProcess second(options);
    Connection another(second.address());
  }
  EXPECT_FALSE(files_left());
}

TEST(ManagerServerArguments, OthersAreRefused) {
  for (const std::string text : {"--manager-control=x", "--manager-control=3", "--other", ""}) {
    std::string word = text;
    std::vector<char*> arguments{word.data()};
    EXPECT_THROW(serve_from_arguments(arguments), Error) << text;
  }
}

}  // namespace
}  // namespace share::manager
