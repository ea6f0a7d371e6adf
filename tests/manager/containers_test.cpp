// Lists, dictionaries and namespaces in a server, as the dispatcher answers for them. What Python's
// do is written down here as it was seen in Python 3.11.
#include <gtest/gtest.h>

#include "container_fixture.hpp"

namespace share::manager {
namespace {

using nlohmann::json;
using protocol::Operation;
using protocol::Status;

TEST_F(ContainersTest, ObjectsAreMadeFoundAndOfOneClass) {
  const auto list = make("l", "list");
  result(list, "extend", {{1, 2, 3}});
  const Answer found = handle(dispatcher_, Operation::find, 0, {"l"});
  EXPECT_EQ(found.object, list);
  EXPECT_EQ(found.results, (std::vector<json>{"list", 3, 3}));
  EXPECT_EQ(handle(dispatcher_, Operation::create_object, 0, {"l", "dict"}).status,
            Status::object_exists);
  EXPECT_EQ(handle(dispatcher_, Operation::create_object, 0, {"x", "tree"}).status,
            Status::wrong_type);
  EXPECT_EQ(handle(dispatcher_, Operation::create_object, 0, {"", "list"}).status,
            Status::malformed);
  EXPECT_EQ(handle(dispatcher_, Operation::load, list, {}).status, Status::wrong_type);
  const auto counter = handle(dispatcher_, Operation::create_value, 0, {"v", "q"}).object;
  EXPECT_EQ(call(counter, "len").status, Status::wrong_type);
  EXPECT_EQ(call(4711, "len").status, Status::no_such_object);
  EXPECT_EQ(call(list, "keys").status, Status::no_such_method);
  EXPECT_EQ(call(list, "append").status, Status::malformed);
  EXPECT_EQ(call(list, "append", {1, 2}).status, Status::malformed);
  EXPECT_EQ(handle(dispatcher_, Operation::call, list, {"len", 1}).status, Status::malformed);
  EXPECT_EQ(handle(dispatcher_, Operation::call, list, {"len", json::array(), 1}).status,
            Status::malformed);
}

TEST_F(ContainersTest, AListDoesWhatPythonsDoes) {
  const auto l = make("l", "list");
  for (const json& x : {json(3), json("a"), json(nullptr), json({1, {{"k", 2}}})}) {
    EXPECT_TRUE(result(l, "append", json::array({x})).is_null());
  }
  EXPECT_EQ(result(l, "copy"), json::parse(R"([3, "a", null, [1, {"k": 2}]])"));
  EXPECT_EQ(result(l, "get", {-1}), json::parse(R"([1, {"k": 2}])"));
  EXPECT_EQ(call(l, "get", {4}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "get", {-5}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "get", {"0"}).status, Status::wrong_type);
  result(l, "set", {0, 4});
  result(l, "insert", {-100, "first"});
  result(l, "insert", {100, "last"});
  result(l, "insert", {-1, "last but one"});
  EXPECT_EQ(result(l, "copy"),
            json::parse(R"(["first", 4, "a", null, [1, {"k": 2}], "last but one", "last"])"));
  EXPECT_EQ(result(l, "pop"), "last");
  EXPECT_EQ(result(l, "pop", {1}), 4);
  result(l, "remove", {nullptr});
  EXPECT_EQ(call(l, "remove", {nullptr}).status, Status::no_such_item);
  result(l, "delete", {-2});
  EXPECT_EQ(result(l, "copy"), json::parse(R"(["first", "a", "last but one"])"));
  EXPECT_EQ(result(l, "index", {"a"}), 1);
  EXPECT_EQ(call(l, "index", {"b"}).status, Status::no_such_item);
  result(l, "clear");
  EXPECT_EQ(result(l, "len"), 0);
  EXPECT_EQ(call(l, "pop").status, Status::out_of_range);

  result(l, "extend", {{3, 1, 2, 1}});
  EXPECT_EQ(result(l, "count", {1}), 2);
  EXPECT_EQ(result(l, "count", {1.0}), 0) << "an integer is no double";
  EXPECT_EQ(result(l, "contains", {2}), true);
  result(l, "sort");
  EXPECT_EQ(result(l, "copy"), json({1, 1, 2, 3}));
  result(l, "reverse");
  result(l, "repeat", {2});
  EXPECT_EQ(result(l, "copy"), json({3, 2, 1, 1, 3, 2, 1, 1}));
  result(l, "append", {"x"});
  EXPECT_EQ(call(l, "sort").status, Status::wrong_type);
  result(l, "repeat", {-1});
  EXPECT_EQ(result(l, "len"), 0);
}

TEST_F(ContainersTest, SlicesAreThoseOfPython) {
  const auto l = make("l", "list");
  result(l, "extend", {{0, 1, 2, 3, 4}});
  const json null = nullptr;
  struct Case {
    json arguments, expected;
  };
  for (const Case& c : std::vector<Case>{{{1, 3}, {1, 2}},
                                         {{null, null}, {0, 1, 2, 3, 4}},
                                         {{-2, null}, {3, 4}},
                                         {{null, -2}, {0, 1, 2}},
                                         {{-100, 100}, {0, 1, 2, 3, 4}},
                                         {{3, 1}, json::array()},
                                         {{null, null, 2}, {0, 2, 4}},
                                         {{1, null, 3}, {1, 4}},
                                         {{null, null, -1}, {4, 3, 2, 1, 0}},
                                         {{null, null, -2}, {4, 2, 0}},
                                         {{3, 0, -1}, {3, 2, 1}},
                                         {{3, -100, -2}, {3, 1}},
                                         {{0, null, INT64_MAX}, json::array({0})},
                                         {{INT64_MIN, INT64_MAX, 4}, {0, 4}},
                                         {{INT64_MAX, INT64_MIN, INT64_MIN}, json::array({4})}}) {
    EXPECT_EQ(result(l, "slice", c.arguments), c.expected) << c.arguments;
  }
  EXPECT_EQ(call(l, "delete_slice", {0, 1, 0}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "set_slice", {0, 1, 7}).status, Status::wrong_type);
  EXPECT_EQ(call(l, "set_slice", {0, 5, {7}, 2}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "set_slice", {0, 5, {7}, 0}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "set_slice", {0, 5, {7}, "2"}).status, Status::wrong_type);
  EXPECT_EQ(call(make("empty", "list"), "set_slice", {0, 5, {7}, 2}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "set_slice", {0, "1", json::array()}).status, Status::wrong_type);
  EXPECT_EQ(result(l, "copy"), json({0, 1, 2, 3, 4}));
  for (const Case& c : std::vector<Case>{{{1, 3, {7}}, {0, 7, 3, 4}},
                                         {{null, null, {1, 2}}, {1, 2}},
                                         {{-1, null, {5, 6, 7}}, {0, 1, 2, 3, 5, 6, 7}},
                                         {{3, 1, {9}}, {0, 1, 2, 9, 3, 4}},
                                         {{100, null, {9}}, {0, 1, 2, 3, 4, 9}},
                                         {{0, 4, json::array()}, json::array({4})},
                                         {{0, 1, {7, 8}, 1}, {7, 8, 1, 2, 3, 4}},
                                         {{null, null, {9, 8, 7}, 2}, {9, 1, 8, 3, 7}},
                                         {{4, 0, {5, 6}, -2}, {0, 1, 6, 3, 5}},
                                         {{0, 0, json::array(), 2}, {0, 1, 2, 3, 4}}}) {
    result(l, "set_slice", {null, null, {0, 1, 2, 3, 4}});
    EXPECT_EQ(result(l, "set_slice", c.arguments), null);
    EXPECT_EQ(result(l, "copy"), c.expected) << c.arguments;
  }
  for (const Case& c : std::vector<Case>{{{1, 3}, {0, 3, 4}},
                                         {{null, null}, json::array()},
                                         {{3, 1}, {0, 1, 2, 3, 4}},
                                         {{null, null, 2}, {1, 3}},
                                         {{null, null, -2}, {1, 3}},
                                         {{3, 0, -2}, {0, 2, 4}},
                                         {{1, 4, INT64_MAX}, {0, 2, 3, 4}}}) {
    result(l, "set_slice", {null, null, {0, 1, 2, 3, 4}});
    EXPECT_EQ(result(l, "delete_slice", c.arguments), null);
    EXPECT_EQ(result(l, "copy"), c.expected) << c.arguments;
  }
  result(l, "set_slice", {null, null, {5, 6, 5, 6}});
  EXPECT_EQ(result(l, "index", {5, 1}), 2);
  EXPECT_EQ(result(l, "index", {6, -3, -1}), 1);
  EXPECT_EQ(call(l, "index", {5, 3}).status, Status::no_such_item);
  result(l, "set_slice", {null, null, {0, 1, 2, 3, 4}});
  EXPECT_EQ(call(l, "slice", {0, 1, 0}).status, Status::out_of_range);
  EXPECT_EQ(call(l, "slice", {0, "1"}).status, Status::wrong_type);
}

TEST_F(ContainersTest, ADictDoesWhatPythonsDoes) {
  const auto d = make("d", "dict");
  result(d, "set", {"b", 1});
  result(d, "set", {7, json::array({1})});
  result(d, "update", {{{"a", 2}, {"b", 3}}});
  EXPECT_EQ(result(d, "keys"), json::parse(R"(["b", 7, "a"])"))
      << "in the order in which they came";
  EXPECT_EQ(result(d, "values"), json::parse(R"([3, [1], 2])"));
  EXPECT_EQ(result(d, "get", {"b"}), 3);
  EXPECT_EQ(call(d, "get", {"c"}).status, Status::no_such_key);
  EXPECT_EQ(call(d, "get", {7.0}).status, Status::no_such_key) << "an integer is no double";
  EXPECT_EQ(result(d, "get_or", {"c", 5}), 5);
  EXPECT_EQ(result(d, "setdefault", {"c", 6}), 6);
  EXPECT_EQ(result(d, "setdefault", {"c", 8}), 6);
  EXPECT_EQ(result(d, "pop", {"c"}), 6);
  EXPECT_EQ(call(d, "pop", {"c"}).status, Status::no_such_key);
  EXPECT_EQ(result(d, "pop", {"c", "none"}), "none");
  EXPECT_EQ(result(d, "popitem"), json::parse(R"(["a", 2])"));
  result(d, "delete", {7});
  EXPECT_EQ(call(d, "delete", {7}).status, Status::no_such_key);
  EXPECT_EQ(result(d, "contains", {"b"}), true);
  EXPECT_EQ(result(d, "len"), 1);
  EXPECT_EQ(result(d, "copy"), json::parse(R"({"b": 3})"));
  result(d, "clear");
  EXPECT_EQ(call(d, "popitem").status, Status::no_such_key);
  EXPECT_EQ(call(d, "update", {1}).status, Status::wrong_type);
}

TEST_F(ContainersTest, ASetHoldsEachValueOnce) {
  const auto s = make("s", "set");
  EXPECT_EQ(result(s, "add", {2}), true);
  EXPECT_EQ(result(s, "add", {2}), false);
  EXPECT_EQ(result(s, "add", {2.0}), true) << "an integer is no double";
  result(s, "update", {{3, "x", 2, 3}});
  EXPECT_EQ(result(s, "copy"), json::parse(R"([2, 3, 2.0, "x"])"));
  EXPECT_EQ(result(s, "len"), 4);
  EXPECT_EQ(result(s, "discard", {3}), true);
  EXPECT_EQ(result(s, "discard", {3}), false);
  EXPECT_EQ(call(s, "remove", {3}).status, Status::no_such_item);
  EXPECT_EQ(result(s, "pop"), 2);
  result(s, "remove", {2.0});
  EXPECT_EQ(result(s, "contains", {"x"}), true);
  result(s, "clear");
  EXPECT_EQ(call(s, "pop").status, Status::no_such_item);
  EXPECT_EQ(call(s, "update", {1}).status, Status::wrong_type);
}

TEST_F(ContainersTest, ANamespaceHasNamesOnly) {
  const auto n = make("n", "namespace");
  result(n, "set", {"x", 1});
  result(n, "set", {"y", "two"});
  EXPECT_EQ(result(n, "get", {"x"}), 1);
  EXPECT_EQ(result(n, "names"), json({"x", "y"}));
  EXPECT_EQ(call(n, "set", {1, 2}).status, Status::wrong_type);
  EXPECT_EQ(call(n, "get", {"z"}).status, Status::no_such_key);
  result(n, "delete", {"x"});
  EXPECT_EQ(result(n, "contains", {"x"}), false);
  EXPECT_EQ(call(n, "update", {{{"a", 1}}}).status, Status::no_such_method);
  EXPECT_EQ(call(n, "clear").status, Status::no_such_method);
}

TEST_F(ContainersTest, AtomicMethodsSayWhatWasThere) {
  const auto d = make("d", "dict");
  EXPECT_TRUE(result(d, "add", {"k", 5}).is_null());
  EXPECT_EQ(result(d, "add", {"k", -7}), 5);
  EXPECT_EQ(result(d, "get", {"k"}), -2);
  EXPECT_EQ(call(d, "add", {"k", 0.5}).status, Status::wrong_type);
  EXPECT_EQ(call(d, "add", {"new", "text"}).status, Status::wrong_type);
  EXPECT_EQ(result(d, "contains", {"new"}), false);
  result(d, "set", {"k", INT64_MAX});
  EXPECT_EQ(call(d, "add", {"k", 1}).status, Status::out_of_range);
  EXPECT_EQ(result(d, "get", {"k"}), INT64_MAX);
  EXPECT_EQ(result(d, "compare_and_set", {"k", 1, 2}), false);
  EXPECT_EQ(result(d, "compare_and_set", {"k", INT64_MAX, 2}), true);
  EXPECT_EQ(result(d, "compare_and_set", {"other", nullptr, 2}), false);
  EXPECT_EQ(result(d, "copy"), json::parse(R"({"k": 2})"));

  const auto l = make("l", "list");
  EXPECT_EQ(result(l, "append_if_absent", {1.5}), true);
  EXPECT_EQ(result(l, "append_if_absent", {1.5}), false);
  EXPECT_EQ(result(l, "add", {0, 1.0}), 1.5);
  EXPECT_EQ(result(l, "compare_and_set", {0, 2.5, "done"}), true);
  EXPECT_EQ(result(l, "copy"), json::array({"done"}));
}

}  // namespace
}  // namespace share::manager
