// How servers start and end, and that nothing of them is left.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <memory>
#include <share/core/error.hpp>
#include <share/manager/client.hpp>
#include <stdexcept>
#include <string>

#include "server_process_fixture.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;

TEST_F(ServerProcessTest, AddsObjectsThatClientsFind) {
  ServerProcess server{ServerProcessOptions{}};
  server.add_value("counter", 'q');
  server.add_array("numbers", 'd', 10);
  Connection connection(server.address());
  EXPECT_NE(connection.find_value("counter", 'q'), connection.find_array("numbers", 'd', 10));
  EXPECT_THROW(server.add_value("counter", 'd'), ObjectExists);
  EXPECT_THROW(server.add_value("x", 'z'), BadTypeCode);
  EXPECT_THROW(server.add_array("x", 'd', std::size_t{1} << 40), CallRefused);
  EXPECT_THROW(server.add_value(std::string(100'000, 'x'), 'd'), CallRefused);
  EXPECT_THROW(connection.find_value("other", 'q'), NoSuchObject);
  EXPECT_THROW(connection.find_value("counter", 'd'), TypeMismatch);
  EXPECT_THROW(connection.find_array("numbers", 'd', 11), TypeMismatch);
  EXPECT_THROW(connection.find_array("counter", 'q', 1), TypeMismatch);
}

TEST_F(ServerProcessTest, LeavesNothingWhenItIsStopped) {
  ServerProcess server(at(file_endpoint()));
  const pid_t pid = server.pid();
  EXPECT_TRUE(files_left());
  struct stat socket {};
  ASSERT_EQ(::stat(socket_path().c_str(), &socket), 0);
  EXPECT_EQ(socket.st_mode & 077U, 0U);
  server.stop();
  EXPECT_FALSE(files_left());
  EXPECT_FALSE(exists(pid));
  EXPECT_EQ(server.pid(), 0);
  server.stop();
  EXPECT_THROW(server.add_value("late", 'q'), ServerGone);
}

TEST_F(ServerProcessTest, AnAbstractNameIsGoneAfterwards) {
  ServerProcess server{ServerProcessOptions{}};
  const std::string name = parse_address(server.address()).endpoint.substr(7);
  EXPECT_TRUE(abstract_socket_exists(name));
  server.stop();
  EXPECT_FALSE(abstract_socket_exists(name));
}

TEST_F(ServerProcessTest, IsStoppedWhenAnExceptionUnwinds) {
  pid_t pid = 0;
  try {
    const ServerProcess server(at(file_endpoint()));
    pid = server.pid();
    throw std::runtime_error("unwinds");
  } catch (const std::runtime_error&) {
  }
  EXPECT_FALSE(exists(pid));
  EXPECT_FALSE(files_left());
}

TEST_F(ServerProcessTest, CanBeMoved) {
  ServerProcess first{ServerProcessOptions{}};
  const pid_t first_pid = first.pid();
  ServerProcess second(std::move(first));
  EXPECT_EQ(second.pid(), first_pid);
  second = ServerProcess{ServerProcessOptions{}};
  EXPECT_FALSE(exists(first_pid));
  Connection connection(second.address());
}

TEST_F(ServerProcessTest, ACopyInAForkedChildDoesNotStopIt) {
  auto server = std::make_unique<ServerProcess>(ServerProcessOptions{});
  Child child([&] {
    server.reset();
    return true;
  });
  EXPECT_TRUE(child.succeeded());
  Connection connection(server->address());
  EXPECT_TRUE(exists(server->pid()));
}

TEST_F(ServerProcessTest, ASecondServerOnThePathIsRefused) {
  ServerProcess first(at(file_endpoint()));
  EXPECT_THROW(ServerProcess second(at(file_endpoint())), AddressInUse);
  EXPECT_TRUE(files_left());
  Connection connection(first.address());
}

TEST_F(ServerProcessTest, ASecondServerOnTheAbstractNameIsRefused) {
  ServerProcess first{ServerProcessOptions{}};
  const std::string endpoint = parse_address(first.address()).endpoint;
  EXPECT_THROW(ServerProcess second(at(endpoint)), AddressInUse);
  Connection connection(first.address());
}

TEST_F(ServerProcessTest, ASecondServerOnThePortIsRefused) {
  ServerProcess first(at("", Transport::tcp));
  const std::string endpoint = parse_address(first.address()).endpoint;
  EXPECT_NE(endpoint.back(), '*');
  EXPECT_THROW(ServerProcess second(at(endpoint, Transport::tcp)), AddressInUse);
  Connection connection(first.address());
}

TEST_F(ServerProcessTest, TheOwnerCleansUpAfterAKilledServer) {
  ServerProcess server(at(file_endpoint()));
  ProcessWatch::of(server.pid()).send(SIGKILL);
  server.stop();
  EXPECT_FALSE(files_left());
}

TEST_F(ServerProcessTest, TheOwnerLeavesASuccessorAlone) {
  ServerProcess killed(at(file_endpoint()));
  const ProcessWatch watch = ProcessWatch::of(killed.pid());
  watch.send(SIGKILL);
  ASSERT_TRUE(watch.ends_within(kPatience));
  ServerProcess successor(at(file_endpoint()));  // finds a stale socket and takes it over
  killed.stop();
  EXPECT_TRUE(files_left());
  Connection connection(successor.address());
}

TEST_F(ServerProcessTest, AServerEndsOnSigtermAndIgnoresSigint) {
  ServerProcess server(at(file_endpoint()));
  const ProcessWatch watch = ProcessWatch::of(server.pid());
  watch.send(SIGINT);
  EXPECT_FALSE(watch.ends_within(milliseconds(100)));
  watch.send(SIGTERM);
  EXPECT_TRUE(watch.ends_within(kPatience));
  EXPECT_FALSE(files_left());
}

TEST_F(ServerProcessTest, AStoppedServerIsKilledInItsTime) {
  ServerProcessOptions options = at(file_endpoint());
  options.ask_timeout = options.terminate_timeout = milliseconds(200);
  ServerProcess server(options);
  const pid_t pid = server.pid();
  ProcessWatch::of(pid).send(SIGSTOP);
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_FALSE(exists(pid));
  EXPECT_FALSE(files_left());
}

TEST_F(ServerProcessTest, AServerOutlivesNoOwner) {
  SharedText address;
  Child owner([&] {
    const ServerProcess server(at(file_endpoint()));
    address.set(server.address());
    ::pause();
    return false;
  });
  const auto server = parse_address(address.get()).server;
  ASSERT_TRUE(server);
  const ProcessWatch watch = ProcessWatch::of(server->pid);
  EXPECT_TRUE(files_left());
  owner.kill();
  EXPECT_TRUE(watch.ends_within(kPatience));
  EXPECT_FALSE(files_left());
}

TEST_F(ServerProcessTest, AServerOutlivesNoOwnerWhoseChildrenHoldTheChannel) {
  SharedText address;
  SharedText worker;
  Child owner([&] {
    const ServerProcess server(at(file_endpoint()));
    if (::fork() == 0) {
      worker.set(std::to_string(::getpid()));
      ::sleep(60);
      ::_exit(0);
    }
    address.set(server.address());
    ::pause();
    return false;
  });
  const auto server = parse_address(address.get()).server;
  const ProcessWatch worker_watch = ProcessWatch::of(std::stoi(worker.get()));
  const ProcessWatch watch = ProcessWatch::of(server->pid);
  owner.kill();
  EXPECT_TRUE(watch.ends_within(kPatience));
  EXPECT_FALSE(worker_watch.ended());
  worker_watch.send(SIGKILL);
}

}  // namespace
}  // namespace share::manager
