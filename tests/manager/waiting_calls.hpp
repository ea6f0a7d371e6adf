// A Dispatcher with clients that have greeted it, to test calls that wait.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "requests.hpp"

namespace share::manager {

class WaitingCalls : public testing::Test {
 protected:
  using json = nlohmann::json;
  using Operation = protocol::Operation;
  using Status = protocol::Status;
  static constexpr std::int64_t kSecond = 1'000'000'000;

  WaitingCalls() {
    for (const char* client : {"A", "B", "C"}) greet(client);
  }

  void greet(std::string_view client) {
    ASSERT_EQ(handle(dispatcher_, request_bytes(Operation::hello, 0, {}), client).status,
              Status::ok);
  }
  /// Becomes the object of the calls that follow.
  Status make(const std::string& class_name, const json& arguments = json::array()) {
    const Answer answer =
        handle(dispatcher_, request_bytes(Operation::create_object, 0,
                                          {"o" + std::to_string(++made_), class_name, arguments}));
    object_ = answer.object;
    return answer.status;
  }
  /// Calls with a request number of its own, which is remembered as last().
  Answer call(std::string_view client, const std::string& method,
              const json& arguments = json::array()) {
    return handle(dispatcher_,
                  request_bytes(static_cast<std::uint8_t>(Operation::call), object_,
                                {method, arguments}, ++request_),
                  client);
  }
  std::uint64_t last() const { return request_; }
  /// `cancel` of a request, which nobody answers.
  void tell(std::string_view client, Operation operation, std::uint64_t request) {
    EXPECT_EQ(handle(dispatcher_, request_bytes(operation, object_, {request}), client).status,
              Status::waiting);
  }
  void end(std::string_view client) {
    dispatcher_.client_ended(dispatcher_.clients().number_of(client));
  }
  /// The next answer to a call that waited: whose, and what.
  std::optional<std::pair<std::string, Answer>> answered() {
    std::string identity;
    msgpack::Writer reply;
    if (!dispatcher_.next_answer(identity, reply)) return std::nullopt;
    return std::pair(identity, read_answer(reply));
  }
  /// That the next answer is this, to that request.
  void expect_answer(std::string_view client, std::uint64_t request, const json& result) {
    const auto next = answered();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->first, client);
    EXPECT_EQ(next->second.request, request);
    EXPECT_EQ(next->second.status, Status::ok);
    EXPECT_EQ(next->second.results, std::vector<json>{result});
  }
  void expect_refusal(std::string_view client, std::uint64_t request, Status status) {
    const auto next = answered();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->first, client);
    EXPECT_EQ(next->second.request, request);
    EXPECT_EQ(next->second.status, status);
  }
  void expect_nothing() { EXPECT_FALSE(answered()); }
  /// All deadlines that exist have passed.
  void let_time_pass() { dispatcher_.expire(Waits::Clock::now() + std::chrono::hours(1)); }
  json result(const Answer& answer) {
    EXPECT_EQ(answer.status, Status::ok);
    return answer.results.empty() ? json("no result") : answer.results.front();
  }

  Dispatcher dispatcher_{{.first_object = 100, .max_object_bytes = 1 << 20}};
  std::uint64_t object_ = 0;

 private:
  int made_ = 0;
  std::uint64_t request_ = 1000;
};

}  // namespace share::manager
