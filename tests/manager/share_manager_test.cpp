// The program share-manager: alone, and started by an owner.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <share/core/error.hpp>
#include <share/manager/ipc.hpp>
#include <share/manager/tcp.hpp>
#include <string>
#include <vector>

#include "processes.hpp"

namespace share::manager {
namespace {

/// The program, running; what it prints first is its address.
class Program {
 public:
  explicit Program(const std::string& endpoint) {
    std::array<int, 2> out{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0) throw SystemError("pipe2", "share-manager", errno);
    child_.emplace([&] {
      ::dup2(out[1], STDOUT_FILENO);
      const int null = ::open("/dev/null", O_WRONLY);
      ::dup2(null, STDERR_FILENO);
      ::execl(SHARE_MANAGER_PROGRAM, "share-manager", "--bind", endpoint.c_str(), nullptr);
      return false;
    });
    ::close(out[1]);
    std::array<char, 512> text{};
    for (ssize_t size = 0; (size = ::read(out[0], text.data(), text.size())) > 0;) {
      address_.append(text.data(), static_cast<std::size_t>(size));
      if (address_.ends_with('\n')) break;
    }
    ::close(out[0]);
    if (!address_.empty()) address_.pop_back();
  }
  /// Empty when it ended without serving.
  const std::string& address() const { return address_; }
  Child& process() { return *child_; }

 private:
  std::optional<Child> child_;
  std::string address_;
};

std::int64_t resident_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
  return 0;
}

class ShareManager : public ProcessTest {};

TEST_F(ShareManager, ServesUnrelatedProcessesUntilItIsTold) {
  FORKS_BESIDE_THREADS();
  Program program(file_endpoint());
  ASSERT_NE(program.address(), "");
  Ipc backend = Ipc::open(program.address());
  backend.add_list("list");
  Child other([&] {
    Ipc own = Ipc::open(program.address());
    own.list("list").append("from another process");
    return true;
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_EQ(backend.list("list").size(), 1);

  Program second(file_endpoint());  // the place is taken
  EXPECT_EQ(second.address(), "");
  EXPECT_FALSE(second.process().succeeded());
  EXPECT_EQ(backend.list("list").size(), 1);

  program.process().signal(SIGTERM);
  EXPECT_TRUE(program.process().succeeded());
  EXPECT_FALSE(files_left());
  EXPECT_THROW(backend.list("list"), ServerGone);
}

TEST_F(ShareManager, AProxyOfAFormerServerSaysSo) {
  auto first = std::make_unique<Program>(file_endpoint());
  // As on another host: a client that watched the process would know that it has ended.
  Ipc backend = Ipc::open(first->address().substr(0, first->address().find(';')));
  backend.add_list("list");
  backend.add_lock("lock");
  RemoteList list = backend.list("list");
  RemoteLock lock = backend.lock("lock");
  list.append(1);
  first->process().kill();
  Program second(file_endpoint());  // sweeps up after the killed one
  ASSERT_NE(second.address(), "");
  EXPECT_THROW(list.append(2), StaleProxy);
  EXPECT_THROW(lock.lock(), StaleProxy);
  second.process().signal(SIGINT);
  EXPECT_TRUE(second.process().succeeded());
}

TEST_F(ShareManager, AnOwnerWithThreadsMayStartIt) {
  ServerProcessOptions options;
  options.server_command = {SHARE_MANAGER_PROGRAM};
  ServerProcess server(options);
  server.add_served("queue", "queue", {10});
  Ipc backend = Ipc::open(server.address());
  backend.queue("queue").put(1);
  EXPECT_EQ(backend.queue("queue").get(), Datum(1));
}

TEST_F(ShareManager, AThousandObjectsAndManyClientsTakeLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes more";
#endif
  ServerProcessOptions options;
  options.server_command = {SHARE_MANAGER_PROGRAM};
  ServerProcess server(options);
  for (int i = 0; i < 250; ++i) {
    const std::string name = std::to_string(i);
    server.add_served("list" + name, "list");
    server.add_served("dict" + name, "dict");
    server.add_served("lock" + name, "lock");
    server.add_value("value" + name, 'q');
  }
  std::vector<Ipc> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(Ipc::open(server.address()));
    clients.back().value<std::int64_t>("value1").add(1);
  }
  EXPECT_LT(resident_kib(server.pid()), 20 * 1024);
}

}  // namespace
}  // namespace share::manager
