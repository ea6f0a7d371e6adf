#include <gtest/gtest.h>

#include <limits>
#include <share/core/error.hpp>
#include <share/manager/operations.hpp>
#include <string>

#include "requests.hpp"

namespace share::manager {
namespace {

using nlohmann::json;
using protocol::Operation;
using protocol::Status;

class DispatcherTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    register_operation<Doubled, double>();
    register_operation<Doubled, std::int64_t>();
  }

  Answer call(Operation operation, std::uint64_t object, const std::vector<json>& arguments) {
    return handle(dispatcher_, operation, object, arguments);
  }
  std::uint64_t made(const Answer& answer) {
    EXPECT_EQ(answer.status, Status::ok);
    return answer.object;
  }
  std::uint64_t value(const std::string& name, const std::string& type) {
    return made(call(Operation::create_value, 0, {name, type}));
  }
  std::uint64_t array(const std::string& name, const std::string& type, std::size_t length) {
    return made(call(Operation::create_array, 0, {name, type, length}));
  }

  Dispatcher dispatcher_{{.first_object = 1000, .max_object_bytes = 64 << 20, .server_pid = 4711}};
};

TEST_F(DispatcherTest, HelloTellsThePidAndPingNothing) {
  EXPECT_EQ(call(Operation::hello, 0, {}).results, std::vector<json>{4711});
  const Answer pong = call(Operation::ping, 5, {});
  EXPECT_EQ(pong.status, Status::ok);
  EXPECT_EQ(pong.object, 5U);
  EXPECT_TRUE(pong.results.empty());
  EXPECT_EQ(call(Operation::ping, 0, {1}).status, Status::malformed);
}

TEST_F(DispatcherTest, ObjectsAreFoundByName) {
  const auto counter = value("counter", "q");
  const auto numbers = array("numbers", "d", 5);
  EXPECT_NE(counter, numbers);
  const Answer found = call(Operation::find, 0, {"numbers"});
  EXPECT_EQ(found.object, numbers);
  EXPECT_EQ(found.results, (std::vector<json>{"d", 2, 5}));
  EXPECT_EQ(call(Operation::find, 0, {"counter"}).results, (std::vector<json>{"q", 1, 1}));
  EXPECT_EQ(call(Operation::find, 0, {"other"}).status, Status::no_such_object);
  EXPECT_EQ(call(Operation::create_value, 0, {"counter", "q"}).status, Status::object_exists);
}

TEST_F(DispatcherTest, ValuesOfEveryTypeAreLoadedStoredAndAdded) {
  for (const char code : kTypeCodes) {
    const auto object = value(std::string("v") + code, std::string(1, code));
    with_type(code, [&]<class T>(T) {
      EXPECT_EQ(call(Operation::load, object, {}).results.at(0), T{0});
      EXPECT_EQ(call(Operation::store, object, {T{40}}).status, Status::ok);
      EXPECT_EQ(call(Operation::add, object, {T{2}}).results.at(0), T{40});
      EXPECT_EQ(call(Operation::load, object, {}).results.at(0), T{42});
    });
  }
}

TEST_F(DispatcherTest, IntegersWrapRound) {
  const auto whole = value("b", "b");
  call(Operation::store, whole, {127});
  EXPECT_EQ(call(Operation::add, whole, {1}).results.at(0), 127);
  EXPECT_EQ(call(Operation::load, whole, {}).results.at(0), -128);
  const auto natural = value("Q", "Q");
  call(Operation::store, natural, {std::numeric_limits<std::uint64_t>::max()});
  call(Operation::add, natural, {2});
  EXPECT_EQ(call(Operation::load, natural, {}).results.at(0), 1);
}

TEST_F(DispatcherTest, ValuesThatTheTypeDoesNotHoldAreRefused) {
  const auto byte = value("byte", "B");
  const auto real = value("real", "d");
  EXPECT_EQ(call(Operation::store, byte, {256}).status, Status::out_of_range);
  EXPECT_EQ(call(Operation::add, byte, {-1}).status, Status::out_of_range);
  EXPECT_EQ(call(Operation::add, byte, {1.5}).status, Status::wrong_type);
  EXPECT_EQ(call(Operation::store, real, {"1"}).status, Status::wrong_type);
  EXPECT_EQ(call(Operation::store, real, {}).status, Status::malformed);
  EXPECT_EQ(call(Operation::store, real, {1.5, 1.5}).status, Status::malformed);
  EXPECT_EQ(call(Operation::load, real, {}).results.at(0), 0.0);
}

TEST_F(DispatcherTest, ArraysAreReadWrittenAndTransformed) {
  const auto object = array("a", "H", 4);
  EXPECT_EQ(call(Operation::write, object, {1, json::binary({1, 2, 3, 4})}).status, Status::ok);
  EXPECT_EQ(call(Operation::read, object, {0, 4}).results.at(0),
            json::binary({0, 0, 1, 2, 3, 4, 0, 0}));
  EXPECT_EQ(call(Operation::read, object, {4, 0}).results.at(0), json::binary({}));
  EXPECT_EQ(call(Operation::transform, object, {0, 4, "test.doubled"}).status,
            Status::no_such_operation);
  const auto reals = array("reals", "q", 3);
  call(Operation::write, reals,
       {0, json::binary({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0})});
  EXPECT_EQ(call(Operation::transform, reals, {1, 2, "test.doubled"}).status, Status::ok);
  EXPECT_EQ(call(Operation::read, reals, {0, 2}).results.at(0),
            json::binary({1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}));
}

TEST_F(DispatcherTest, SlicesOutsideTheArrayAreRefused) {
  const auto object = array("a", "d", 4);
  const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  const json element = json::binary(std::vector<std::uint8_t>(8));
  for (const auto& [first, count] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 5}, {4, 1}, {5, 0}, {1, huge}, {huge, 1}, {huge, huge}}) {
    EXPECT_EQ(call(Operation::read, object, {first, count}).status, Status::out_of_range);
    EXPECT_EQ(call(Operation::transform, object, {first, count, "test.doubled"}).status,
              Status::out_of_range);
  }
  EXPECT_EQ(call(Operation::write, object, {4, element}).status, Status::out_of_range);
  EXPECT_EQ(call(Operation::write, object, {huge, element}).status, Status::out_of_range);
  EXPECT_EQ(call(Operation::write, object, {0, json::binary({1, 2, 3})}).status,
            Status::wrong_type);
  EXPECT_EQ(call(Operation::read, object, {-1, 1}).status, Status::malformed);
}

TEST_F(DispatcherTest, ObjectsOfAnotherKindOrNumberAreRefused) {
  const auto counter = value("counter", "q");
  const auto numbers = array("numbers", "q", 1);
  EXPECT_EQ(call(Operation::add, numbers, {1}).status, Status::wrong_type);
  EXPECT_EQ(call(Operation::read, counter, {0, 1}).status, Status::wrong_type);
  for (const std::uint64_t number :
       {std::uint64_t{0}, counter - 1, numbers + 1, ~std::uint64_t{0}}) {
    EXPECT_EQ(call(Operation::load, number, {}).status, Status::no_such_object);
  }
}

TEST_F(DispatcherTest, ObjectsThatCannotBeMadeAreRefused) {
  EXPECT_EQ(call(Operation::create_value, 0, {"x", "z"}).status, Status::wrong_type);
  EXPECT_EQ(call(Operation::create_value, 0, {"x", ""}).status, Status::wrong_type);
  EXPECT_EQ(call(Operation::create_value, 0, {"", "q"}).status, Status::malformed);
  EXPECT_EQ(call(Operation::create_value, 0, {std::string(256, 'x'), "q"}).status,
            Status::too_large);
  for (const std::uint64_t length :
       {std::uint64_t{9} << 20, std::uint64_t{1} << 61, ~std::uint64_t{0}}) {
    EXPECT_EQ(call(Operation::create_array, 0, {"x", "d", length}).status, Status::too_large);
  }
  EXPECT_EQ(call(Operation::create_array, 0, {"x", "d", 6 << 20}).status, Status::ok);
  EXPECT_EQ(call(Operation::create_array, 0, {"y", "d", 6 << 20}).status, Status::too_large);
}

TEST_F(DispatcherTest, EmptyObjectsCountAgainstTheLimitToo) {
  Dispatcher small({.max_object_bytes = 10'000});
  Status last = Status::ok;
  for (int i = 0; i < 1000 && last == Status::ok; ++i) {
    last = handle(small, Operation::create_array, 0, {std::to_string(i), "d", 0}).status;
  }
  EXPECT_EQ(last, Status::too_large);
}

TEST_F(DispatcherTest, MessagesBeyondTheLimitAreRefused) {
  const auto object = array("a", "d", 1 << 20);
  EXPECT_EQ(call(Operation::read, object, {0, 1 << 20}).status, Status::too_large);
  const Bytes huge =
      request_bytes(Operation::write, object,
                    {0, json::binary(std::vector<std::uint8_t>(protocol::kMaxMessageBytes))});
  EXPECT_EQ(handle(dispatcher_, huge).status, Status::too_large);
}

TEST_F(DispatcherTest, UnknownOperationsAndVersionsAreRefused) {
  for (int code = 0; code < 256; ++code) {
    if (code >= 1 && code <= 22) continue;
    EXPECT_EQ(handle(dispatcher_, request_bytes(static_cast<std::uint8_t>(code), 0, {})).status,
              Status::no_such_operation);
  }
  Bytes request = request_bytes(Operation::ping, 0, {});
  request[4] = std::byte{2};
  const Answer answer = handle(dispatcher_, request);
  EXPECT_EQ(answer.status, Status::wrong_version);
  EXPECT_EQ(answer.request, 77U);
}

// Another operation under the same name.
struct Imposter {
  static constexpr std::string_view name = Doubled::name;
  double operator()(double x) const { return x; }
  void operator()(std::span<double>) const {}
};

TEST(Operations, ANameStandsForOneOperation) {
  register_operation<Doubled, double>();
  EXPECT_THROW((register_operation<Imposter, double>()), ObjectExists);
  EXPECT_EQ(find_operation(Doubled::name, 'B'), nullptr);
  EXPECT_NE(find_operation(Doubled::name, 'd'), nullptr);
}

}  // namespace
}  // namespace share::manager
