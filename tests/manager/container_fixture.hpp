// A dispatcher with little memory, and short ways of calling the methods of its objects.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "requests.hpp"

namespace share::manager {

inline constexpr std::size_t kRoom = 1 << 20;

class ContainersTest : public testing::Test {
 protected:
  using json = nlohmann::json;
  using Operation = protocol::Operation;
  using Status = protocol::Status;

  std::uint64_t make(const std::string& name, const std::string& class_name) {
    const Answer answer = handle(dispatcher_, Operation::create_object, 0, {name, class_name});
    EXPECT_EQ(answer.status, Status::ok);
    return answer.object;
  }
  Answer call(std::uint64_t object, const std::string& method,
              const json& arguments = json::array()) {
    return handle(dispatcher_, Operation::call, object, {method, arguments});
  }
  json result(std::uint64_t object, const std::string& method,
              const json& arguments = json::array()) {
    const Answer answer = call(object, method, arguments);
    EXPECT_EQ(answer.status, Status::ok) << method << arguments;
    return answer.results.empty() ? json("no result") : answer.results[0];
  }
  Dispatcher dispatcher_{{.first_object = 1000, .max_object_bytes = kRoom, .server_pid = 1}};
};

}  // namespace share::manager
