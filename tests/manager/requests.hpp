// Requests to a Dispatcher, their arguments encoded by nlohmann's MessagePack, and its answers
// decoded by it: the tests share no codec with what they test.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <share/manager/dispatcher.hpp>
#include <string_view>
#include <vector>

namespace share::manager {

using Bytes = std::vector<std::byte>;

inline Bytes request_bytes(std::uint8_t code, std::uint64_t object,
                           const std::vector<nlohmann::json>& arguments,
                           std::uint64_t number = 77) {
  msgpack::Writer header;
  protocol::write_header(header, {.code = code, .request = number, .object = object});
  Bytes bytes(header.bytes().begin(), header.bytes().end());
  for (const nlohmann::json& argument : arguments) {
    for (const std::uint8_t byte : nlohmann::json::to_msgpack(argument)) {
      bytes.push_back(std::byte{byte});
    }
  }
  return bytes;
}

inline Bytes request_bytes(protocol::Operation operation, std::uint64_t object,
                           const std::vector<nlohmann::json>& arguments) {
  return request_bytes(static_cast<std::uint8_t>(operation), object, arguments);
}

struct Answer {
  protocol::Status status{};
  std::uint64_t request = 0;
  std::uint64_t object = 0;
  std::vector<nlohmann::json> results;
};

/// Reports a failure for an answer that is not well-formed.
inline Answer read_answer(const msgpack::Writer& reply) {
  protocol::Header header;
  Answer answer;
  EXPECT_TRUE(protocol::read_header(reply.bytes(), header));
  EXPECT_EQ(header.version, protocol::kVersion);
  EXPECT_GE(header.code, static_cast<std::uint8_t>(protocol::Status::ok));
  EXPECT_LE(header.code, static_cast<std::uint8_t>(protocol::Status::outcome_unknown));
  EXPECT_LE(reply.size(), protocol::kMaxMessageBytes);
  answer = {static_cast<protocol::Status>(header.code), header.request, header.object, {}};
  auto rest = reply.bytes().subspan(protocol::kHeaderBytes);
  while (!rest.empty()) {
    msgpack::Reader cursor(rest);
    if (!cursor.skip()) {
      ADD_FAILURE() << "malformed results";
      break;
    }
    const std::size_t size = rest.size() - cursor.remaining();
    const auto* data = reinterpret_cast<const std::uint8_t*>(rest.data());
    try {
      answer.results.push_back(nlohmann::json::from_msgpack(data, data + size));
    } catch (const nlohmann::json::parse_error&) {
      answer.results.emplace_back("a map whose keys are no texts");  // that codec has none
    }
    rest = rest.subspan(size);
  }
  const bool has_results =
      answer.status == protocol::Status::ok || answer.status == protocol::Status::failed;
  EXPECT_TRUE(has_results || answer.results.empty());
  return answer;
}

/// The answer to a request of a client that has not greeted; status `waiting` for none.
inline Answer handle(Dispatcher& dispatcher, std::span<const std::byte> request,
                     std::string_view identity = "a stranger") {
  msgpack::Writer reply;
  return dispatcher.handle(identity, request, reply) ? read_answer(reply) : Answer{};
}

inline Answer handle(Dispatcher& dispatcher, protocol::Operation operation, std::uint64_t object,
                     const std::vector<nlohmann::json>& arguments) {
  Answer answer = handle(dispatcher, request_bytes(operation, object, arguments));
  EXPECT_EQ(answer.request, 77U);
  return answer;
}

/// An operation that is registered for doubles and 64-bit integers.
struct Doubled {
  static constexpr std::string_view name = "test.doubled";
  template <class T>
  T operator()(T x) const {
    return x + x;
  }
  template <class T>
  void operator()(std::span<T> slice) const {
    for (T& x : slice) x = (*this)(x);
  }
};

}  // namespace share::manager
