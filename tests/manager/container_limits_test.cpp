// What lists, dictionaries, sets and namespaces refuse, and that a refused call changes nothing.
#include <gtest/gtest.h>

#include "container_fixture.hpp"

namespace share::manager {
namespace {

using nlohmann::json;
using protocol::Operation;
using protocol::Status;

TEST_F(ContainersTest, MemoryIsLimitedAndGivenBack) {
  const auto l = make("l", "list"), d = make("d", "dict");
  const std::string large(kRoom / 4, 'x');
  const auto fill = [&] {
    int stored = 0;
    while (call(l, "append", {large}).status == Status::ok) ++stored;
    return stored;
  };
  EXPECT_EQ(fill(), 3);
  EXPECT_EQ(call(d, "set", {"k", large}).status, Status::too_large);
  EXPECT_EQ(call(d, "update", {{{"k", large}}}).status, Status::too_large);
  EXPECT_EQ(result(d, "len"), 0);
  EXPECT_EQ(call(l, "repeat", {1000}).status, Status::too_large);
  EXPECT_EQ(call(l, "repeat", {INT64_MAX}).status, Status::too_large);
  EXPECT_EQ(result(l, "len"), 3);
  // Whatever way things go, all of it comes back.
  for (const char* way : {"clear", "pop", "delete", "remove", "set", "repeat"}) {
    const std::string_view w = way;
    for (int i = 0; i < 3; ++i) {
      if (w == "pop") result(l, "pop");
      if (w == "delete") result(l, "delete", {0});
      if (w == "remove") result(l, "remove", {large});
      if (w == "set") result(l, "set", {i, 1});
    }
    if (w == "repeat") result(l, "repeat", {0});
    if (w == "clear" || w == "set") result(l, "clear");
    EXPECT_EQ(fill(), 3) << way;
  }
  result(l, "clear");
  for (const char* way : {"delete", "pop", "popitem", "clear", "set", "update"}) {
    const std::string_view w = way;
    for (int i = 0; i < 3; ++i) result(d, "set", {i, large});
    EXPECT_EQ(call(d, "set", {3, large}).status, Status::too_large) << "before " << way;
    for (int i = 0; i < 3; ++i) {
      if (w == "popitem") result(d, way);
      if (w == "delete" || w == "pop") result(d, way, {i});
      if (w == "set") result(d, way, {i, 1});
    }
    if (w == "clear") result(d, way);
    if (w == "set" || w == "update") {
      result(d, "clear");
      result(d, "update", {{{"a", large}, {"b", large}, {"c", large}}});
      result(d, "clear");
    }
  }
}

TEST_F(ContainersTest, MemoryOfASetIsLimitedAndGivenBack) {
  const auto s = make("s", "set");
  const std::string large(kRoom / 4, 'x');
  const auto item = [&](int i) { return json::array({large + std::to_string(i)}); };
  for (const char* way : {"clear", "pop", "discard", "remove"}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(result(s, "add", item(i)), true) << "before " << way;
    EXPECT_EQ(call(s, "add", item(3)).status, Status::too_large);
    EXPECT_EQ(call(s, "update", json::array({json::array({large})})).status, Status::too_large);
    const std::string_view w = way;
    if (w == "clear") result(s, way);
    for (int i = 0; i < 3 && w != "clear"; ++i)
      result(s, way, w == "pop" ? json::array() : item(i));
    EXPECT_EQ(result(s, "len"), 0);
  }
}

TEST_F(ContainersTest, ResultsThatFitNoMessageAreRefused) {
  Dispatcher large({.first_object = 1, .max_object_bytes = 64 << 20, .server_pid = 1});
  const auto l = handle(large, Operation::create_object, 0, {"l", "list"}).object;
  const json item(std::string(2 << 20, 'x'));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(handle(large, Operation::call, l, {"append", json::array({item})}).status,
              Status::ok);
  }
  EXPECT_EQ(handle(large, Operation::call, l, {"copy", json::array()}).status, Status::too_large);
  EXPECT_EQ(handle(large, Operation::call, l, {"pop", json::array()}).results.at(0), item);
  const json too_large(std::string(kMaxItemBytes, 'x'));
  EXPECT_EQ(handle(large, Operation::call, l, {"append", json::array({too_large})}).status,
            Status::too_large)
      << "an item must fit into an answer";
}

TEST_F(ContainersTest, WhatCouldNotComeBackIsNotTaken) {
  Dispatcher large({.first_object = 1, .max_object_bytes = 256 << 20, .server_pid = 1});
  const auto in = [&](std::uint64_t object, const std::string& method, const json& arguments) {
    return handle(large, Operation::call, object, {method, arguments});
  };
  const auto l = handle(large, Operation::create_object, 0, {"l", "list"}).object;
  // Floats of 4 bytes come in 5 and leave in 9.
  Bytes request = request_bytes(Operation::call, l, {"extend"});
  const auto append = [&](std::initializer_list<int> bytes) {
    for (const int byte : bytes) request.push_back(static_cast<std::byte>(byte));
  };
  append({0x91, 0x91, 0xdd, 0, 0x09, 0x27, 0xc0});  // arguments, list, item of 600,000
  for (int i = 0; i < 600'000; ++i) append({0xca, 0, 0, 0, 0});
  EXPECT_EQ(handle(large, request).status, Status::too_large);
  EXPECT_EQ(in(l, "len", json::array()).results.at(0), 0);
  // Small ones are many once decoded.
  const json nulls(500'000, nullptr);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(in(l, "extend", json::array({nulls})).status, Status::ok);
  EXPECT_EQ(in(l, "copy", json::array()).status, Status::too_large) << "80 MB of values";
  EXPECT_EQ(in(l, "slice", {0, 1'000'000}).results.at(0).size(), 1'000'000u);
}

TEST_F(ContainersTest, AFullServerStillTakesWhatIsSmaller) {
  const auto l = make("l", "list"), d = make("d", "dict");
  const std::string large(kRoom / 4, 'x');
  result(d, "set", {"k", large});
  while (call(l, "append", json::array({large})).status == Status::ok) {
  }
  while (call(l, "append", {"small"}).status == Status::ok) {
  }
  while (call(l, "append", {0}).status == Status::ok) {
  }
  result(l, "set", {-1, 1});
  result(l, "set", {0, std::string(kRoom / 4, 'y')});
  EXPECT_EQ(call(l, "set", {0, large + std::string(64, 'x')}).status, Status::too_large);
  result(d, "update", {{{"k", std::string(kRoom / 4, 'y')}}});
  EXPECT_EQ(call(d, "update", {{{"k", 1}, {"new", large}}}).status, Status::too_large);
  EXPECT_EQ(result(d, "get", {"k"}), std::string(kRoom / 4, 'y')) << "all of it or nothing";
  EXPECT_EQ(result(d, "contains", {"new"}), false);
  result(d, "update", {{{"k", 1}}});
  result(d, "set", {"new", std::string(kRoom / 8, 'z')});
}

TEST_F(ContainersTest, KeysAndItemsOfSetsAreScalars) {
  const auto d = make("d", "dict"), s = make("s", "set");
  for (const json& key : {json::array({1}), json::object({{"a", 1}})}) {
    EXPECT_EQ(call(d, "set", json::array({key, 1})).status, Status::wrong_type);
    EXPECT_EQ(call(d, "setdefault", json::array({key, 1})).status, Status::wrong_type);
    EXPECT_EQ(call(d, "add", json::array({key, 1})).status, Status::wrong_type);
    EXPECT_EQ(call(d, "get", json::array({key})).status, Status::no_such_key);
    EXPECT_EQ(call(s, "add", json::array({key})).status, Status::wrong_type);
    EXPECT_EQ(call(s, "update", json::array({json::array({1, key})})).status, Status::wrong_type);
  }
  EXPECT_EQ(result(d, "len"), 0);
  EXPECT_EQ(result(s, "len"), 0);
}

}  // namespace
}  // namespace share::manager
