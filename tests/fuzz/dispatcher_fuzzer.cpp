// libFuzzer's entry: bytes become requests of three clients to a Dispatcher, whose answers must be
// well-formed whatever is asked, while calls wait, time out, are cancelled and clients end. A first
// byte of 0 takes the rest as one encoded value instead, which must come back from its own
// encoding.
//
// A request is: client, operation, object, size of the arguments, arguments. The header is made
// here, so that the fuzzer need not find it; clients from 200 on send the arguments as a whole
// message instead.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <share/manager/dispatcher.hpp>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace share::manager;
using protocol::Operation;
using protocol::Status;

constexpr std::uint64_t kFirstObject = 1000;
constexpr std::size_t kRoom = std::size_t{1} << 20;
constexpr std::array<std::string_view, 4> kClients = {"A", "B", "C", "a stranger"};
// Instead of an operation of the protocol.
constexpr std::uint8_t kClientEnds = 200;
constexpr std::uint8_t kTimePasses = 201;
constexpr std::uint8_t kConnectionEnds = 202;
// Clients from here on send the arguments as a whole message.
constexpr std::uint8_t kWholeMessages = 200;

void check(bool holds) {
  if (!holds) std::abort();
}

/// A position in the input that never leaves it.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  std::span<const std::byte> bytes(std::size_t most) {
    const auto part = rest_.first(std::min(most, rest_.size()));
    rest_ = rest_.subspan(part.size());
    return std::as_bytes(part);
  }

 private:
  std::span<const std::uint8_t> rest_;
};

void check_answer(const msgpack::Writer& reply) {
  protocol::Header header;
  check(reply.size() <= protocol::kMaxMessageBytes);
  check(protocol::read_header(reply.bytes(), header));
  check(header.code >= static_cast<std::uint8_t>(Status::ok));
  const bool has_results = header.code == static_cast<std::uint8_t>(Status::ok) ||
                           header.code == static_cast<std::uint8_t>(Status::failed);
  msgpack::Reader results(reply.bytes().subspan(protocol::kHeaderBytes));
  check(has_results || results.at_end());
  while (!results.at_end()) check(results.skip());
}

class Server {
 public:
  Server() {
    for (const std::string_view client : kClients)
      if (client != kClients.back()) request(client, Operation::hello, 0, {});
    make(Operation::create_value, {"counter", "q"});
    for (const char* name : {"list", "dict", "set", "namespace", "lock", "rlock", "condition",
                             "semaphore", "event", "queue", "joinable_queue"})
      make(Operation::create_object, {name, name});
    msgpack::Writer arguments;
    arguments.text("barrier");
    arguments.text("barrier");
    arguments.array_header(1);
    arguments.integer(2);
    request({}, Operation::create_object, 0, arguments.bytes());
  }

  void take(Input& input) {
    const std::uint8_t client = input.byte();
    const std::string_view identity = kClients[client % kClients.size()];
    if (client >= kWholeMessages) return send(identity, input.bytes(input.byte()));
    const std::uint8_t operation = input.byte();
    const std::uint8_t object = input.byte();
    const auto arguments = input.bytes(input.byte());
    if (operation == kClientEnds) {
      dispatcher_.client_ended(dispatcher_.clients().number_of(identity));
    } else if (operation == kConnectionEnds) {
      dispatcher_.client_gone(dispatcher_.clients().number_of(identity));
    } else if (operation == kTimePasses) {
      dispatcher_.expire(Waits::Clock::now() + std::chrono::hours(24 * 366));
    } else {
      request(identity, static_cast<Operation>(operation), kFirstObject + object, arguments);
    }
    drain();
  }

 private:
  void drain() {
    std::string to;
    while (dispatcher_.next_answer(to, reply_)) check_answer(reply_);
    check(dispatcher_.free_bytes() <= kRoom);
  }
  void make(Operation operation, std::array<std::string_view, 2> texts) {
    msgpack::Writer arguments;
    for (const std::string_view text : texts) arguments.text(text);
    request({}, operation, 0, arguments.bytes());
  }
  void request(std::string_view identity, Operation operation, std::uint64_t object,
               std::span<const std::byte> arguments) {
    message_.clear();
    protocol::write_header(message_, operation, ++number_, object);
    message_.raw(arguments);
    send(identity, message_.bytes());
  }
  void send(std::string_view identity, std::span<const std::byte> message) {
    if (dispatcher_.handle(identity, message, reply_)) check_answer(reply_);
    drain();
  }

  Dispatcher dispatcher_{{.first_object = kFirstObject, .max_object_bytes = kRoom}};
  std::uint64_t number_ = 0;
  msgpack::Writer message_, reply_;
};

/// Any number may be that of an object.
class KeepAll final : public Keeper {
 public:
  Keep keep(std::uint64_t object) override { return std::make_shared<std::uint64_t>(object); }
};

void round_trip(std::span<const std::byte> bytes) {
  msgpack::Reader reader(bytes);
  KeepAll keeper;
  Datum value;
  if (read_datum(reader, value, &keeper) != Status::ok) return;
  msgpack::Writer writer;
  write_datum(writer, value);
  check(writer.size() == value.message_bytes());
  msgpack::Reader again(writer.bytes());
  Datum copy;
  check(read_datum(again, copy, &keeper) == Status::ok && again.at_end());
  check(copy == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input({data, size});
  if (input.byte() == 0) {
    round_trip(input.bytes(size));
    return 0;
  }
  Server server;
  while (!input.empty()) server.take(input);
  return 0;
}
