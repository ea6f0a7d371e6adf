// Who is let in and who is taken for gone: keys over ipc, folders of sockets, hosts that vanish.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/ipc.hpp>
#include <share/manager/tcp.hpp>
#include <string>

#include "server_process_fixture.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;

class Admission : public ServerProcessTest {
 protected:
  static std::string without_process(const std::string& address) {
    Address parsed = parse_address(address);
    parsed.server.reset();
    return format_address(parsed);
  }
};

TEST_F(Admission, OverIpcAKeyIsAnOption) {
  ServerProcessOptions options;
  options.encrypt = true;
  ServerProcess server(options);
  ServerProcess other(options);
  server.add_value("counter", 'q');
  Address address = parse_address(server.address());
  EXPECT_EQ(address.key.size(), 40U);
  EXPECT_EQ(without_key(server.address()).find(address.key), std::string::npos);
  Ipc backend = Ipc::open(server.address());
  EXPECT_EQ(backend.value<std::int64_t>("counter").add(1), 0);

  address.key = parse_address(other.address()).key;
  EXPECT_THROW(Connection(format_address(address), milliseconds(500)), ConnectionRefused);
  address.key.clear();
  EXPECT_THROW(Connection(format_address(address), milliseconds(300)), CallTimedOut);
}

TEST_F(Admission, MemoryIsNotEncrypted) {
  ServerProcessOptions options;
  options.transport = Transport::shm;
  options.encrypt = true;
  EXPECT_THROW(ServerProcess server(options), BadAddress);
}

TEST_F(Admission, ASocketStandsInAFolderThatIsClosedToOthers) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  try {
    ServerProcess server(at(file_endpoint()));
    FAIL() << "served";
  } catch (const BadAddress& error) {
    EXPECT_NE(std::string(error.what()).find("mode 0755"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(folder_), std::string::npos) << error.what();
  }
  ASSERT_EQ(::chmod(folder_.c_str(), 0700), 0);
  ServerProcess server(at(file_endpoint()));
  { Connection connection(server.address()); }
  // Who could have put it there? So a client does not go in either.
  ASSERT_EQ(::chmod(folder_.c_str(), 0770), 0);
  EXPECT_THROW(Connection connection(server.address()), BadAddress);
  ASSERT_EQ(::chmod(folder_.c_str(), 0700), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
    EXPECT_THROW(Connection connection(server.address()), BadAddress);
    ASSERT_EQ(::chown(folder_.c_str(), 0, 0), 0);
  }
}

TEST_F(Admission, AHostThatAnswersNoMoreLosesItsLock) {
  ServerProcessOptions options = at("", Transport::tcp);
  options.heartbeat = milliseconds(200);
  ServerProcess server(options);
  server.add_served("lock", "lock");
  const std::string address = without_process(server.address());  // as from another host
  SharedText held;
  Child holder([&] {
    Tcp backend = Tcp::open(address);
    backend.lock("lock").lock();
    held.set("yes");
    ::pause();
    return true;
  });
  ASSERT_EQ(held.get(), "yes");
  Tcp backend = Tcp::open(address);
  RemoteLock lock = backend.lock("lock");
  EXPECT_FALSE(lock.try_lock_for(milliseconds(600))) << "it answers";
  holder.signal(SIGSTOP);  // says no more than a host without power
  EXPECT_TRUE(lock.try_lock_for(std::chrono::seconds(20)));
  EXPECT_TRUE(lock.owner_died());
  holder.signal(SIGCONT);
}

}  // namespace
}  // namespace share::manager
