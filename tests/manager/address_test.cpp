#include <gtest/gtest.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>
#include <string>
#include <vector>

namespace share::manager {
namespace {

const std::string kKey = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

TEST(ManagerAddress, ComesBackFromItsText) {
  for (const std::string endpoint :
       {"ipc://@name", "ipc:///tmp/a;pid=b c", "ipc:///tmp/a;key=b c", "tcp://127.0.0.1:5555",
        "tcp://host.example:1", "shm://@name"}) {
    for (const std::string& key : {std::string(), kKey}) {
      if (key.empty() == endpoint.starts_with("tcp")) continue;
      if (!key.empty() && endpoint.starts_with("shm")) continue;
      const Address parsed =
          parse_address(format_address({endpoint, ServerIdentity{123, 456}, key}));
      EXPECT_EQ(parsed.endpoint, endpoint);
      EXPECT_EQ(parsed.key, key);
      ASSERT_TRUE(parsed.server);
      EXPECT_EQ(parsed.server->pid, 123);
      EXPECT_EQ(parsed.server->start, 456U);
      EXPECT_FALSE(parse_address("manager:" + std::string("ipc://@x")).server);
    }
  }
  EXPECT_EQ(format_address({"ipc://@x", ServerIdentity{1, 2}}), "manager:ipc://@x;pid=1;start=2");
}

TEST(ManagerAddress, OtherTextsAreRefused) {
  const std::vector<std::string> texts = {"",
                                          "manager:",
                                          "ipc://@x",
                                          "manager:udp://x",
                                          "manager:ipc://",
                                          "manager:tcp://127.0.0.1:1",
                                          "manager:tcp://127.0.0.1:1;key=short",
                                          "manager:tcp://127.0.0.1:1;key=" + kKey + "x",
                                          "manager:tcp://127.0.0.1;key=" + kKey,
                                          "manager:tcp://:1;key=" + kKey,
                                          "manager:tcp://127.0.0.1:1;key=;" + kKey.substr(1),
                                          "manager:ipc://;key=" + kKey,
                                          "manager:shm://x",
                                          "manager:shm://@",
                                          "manager:shm://@" + std::string(108, 'x'),
                                          "manager:ipc://@x;pid=1",
                                          "manager:ipc://@x;pid=;start=1",
                                          "manager:ipc://@x;pid=1;start=",
                                          "manager:ipc://@x;pid=-1;start=1",
                                          "manager:ipc://@x;pid=1;start=2x",
                                          "manager:ipc://@x;pid=99999999999;start=2",
                                          "manager:ipc://@x;pid=0;start=2"};
  for (const std::string& text : texts) {
    EXPECT_THROW(parse_address(text), BadAddress) << text;
  }
}

TEST(ManagerAddress, PrivateEndpointsDiffer) {
  EXPECT_NE(private_endpoint(Transport::ipc), private_endpoint(Transport::ipc));
  EXPECT_NO_THROW(check_endpoint(Transport::ipc, private_endpoint(Transport::ipc)));
  EXPECT_NO_THROW(check_endpoint(Transport::tcp, private_endpoint(Transport::tcp)));
  EXPECT_NO_THROW(check_endpoint(Transport::shm, private_endpoint(Transport::shm)));
}

TEST(ManagerAddress, EndpointsThatCannotBeServedAreRefused) {
  for (const std::string text :
       {"ipc://relative", "ipc://@", "ipc:///tmp/", "tcp://127.0.0.1:1", ""}) {
    EXPECT_THROW(check_endpoint(Transport::ipc, text), BadAddress) << text;
  }
  for (const std::string text : {"tcp://localhost:5", "tcp://127.0.0.1:", "tcp://127.0.0.1:70000",
                                 "tcp://127.0.0.1:0", "tcp://*:5", "tcp://1.2.3:5", "ipc://@x"}) {
    EXPECT_THROW(check_endpoint(Transport::tcp, text), BadAddress) << text;
  }
  EXPECT_NO_THROW(check_endpoint(Transport::ipc, "ipc://@" + std::string(106, 'x')));
  EXPECT_THROW(check_endpoint(Transport::ipc, "ipc://@" + std::string(107, 'x')), BadAddress);
  EXPECT_THROW(check_endpoint(Transport::ipc, "ipc:///" + std::string(107, 'x')), BadAddress);
  EXPECT_THROW(check_endpoint(Transport::ipc, "ipc:///tmp/x"), BadAddress) << "open to all";
  for (const std::string text : {"shm://", "shm://@", "shm:///tmp/x", "ipc://@x"}) {
    EXPECT_THROW(check_endpoint(Transport::shm, text), BadAddress) << text;
  }
}

TEST(ManagerAddress, AMissingFolderIsNamed) {
  try {
    check_endpoint(Transport::ipc, "ipc:///no/such/folder/socket");
    FAIL() << "accepted";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ENOENT);
    EXPECT_NE(std::string(error.what()).find("/no/such/folder/"), std::string::npos);
  }
}

}  // namespace
}  // namespace share::manager
