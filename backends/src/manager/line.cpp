#include "line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <share/core/error.hpp>

namespace share::manager {

using Applied = RemoteError::Applied;
using protocol::Operation;
using protocol::Status;

namespace {

// How long a call waits before it looks whether the server still lives. A plain receive with this
// limit costs nothing when the answer comes; polling socket and process together would.
constexpr std::chrono::milliseconds kSlice(50);

// Begins a reference in MessagePack.
constexpr int kExtensionTag = 0xd7;
constexpr std::size_t kExtensionBytes = 10;  // that, the type and the number

// Empty for an address that does not say who serves. Throws ServerGone when that process has ended.
std::optional<ProcessWatch> watch(const Address& parsed, const std::string& address) {
  if (!parsed.server) return std::nullopt;
  const auto gone = [&] { return ServerGone(address, "open", Applied::no); };
  try {
    ProcessWatch server = ProcessWatch::of(parsed.server->pid);
    // The watch is on whoever has that number now, so the start time is compared after opening it.
    const bool same = process_start_time(parsed.server->pid) == parsed.server->start;
    if (!same || server.ended()) throw gone();
    return server;
  } catch (const SystemError& error) {
    if (error.code() == ESRCH) throw gone();
    throw;
  }
}

}  // namespace

// A deadline that reads the clock only when something did not come at once: a fifth of what a call
// of a pipeline costs its client were two looks at the clock.
class Connection::Line::Patience {
 public:
  explicit Patience(std::chrono::nanoseconds limit) : limit_(limit) {}
  // @param waited how long it has been waited for sure since this was made or last asked.
  bool ended(std::chrono::nanoseconds waited) {
    const Clock::time_point now = Clock::now();
    if (!deadline_) deadline_ = now - waited + limit_;
    return now >= *deadline_;
  }
  std::chrono::nanoseconds limit() const noexcept { return limit_; }

 private:
  std::chrono::nanoseconds limit_;
  std::optional<Clock::time_point> deadline_;
};

Connection::Line::Line(const std::string& address, std::chrono::nanoseconds timeout)
    : maker_(::getpid()),
      address_(without_key(address)),
      parsed_(parse_address(address)),
      server_(watch(parsed_, address_)),
      channel_(open_channel(parsed_, address_, timeout)),
      message_(protocol::kChunkBytes),
      told_(64) {
  set_timeout(timeout);
  held_->tell_with([this](auto releases) { return tell_releases(releases); });
}

bool Connection::Line::in_maker() const noexcept { return ::getpid() == maker_; }

void Connection::Line::set_timeout(std::chrono::nanoseconds timeout) {
  using std::chrono::milliseconds;
  timeout_ = std::clamp<std::chrono::nanoseconds>(timeout, milliseconds(1), protocol::kLongestWait);
  held_->used_here();
  slice_ = std::min(kSlice, std::chrono::ceil<milliseconds>(timeout_));
  channel_->limit_slices(std::chrono::duration_cast<milliseconds>(slice_));
}

msgpack::Writer& Connection::Line::begin(Operation operation, std::uint64_t object,
                                         std::string_view method) {
  held_->answer_read();
  operation_ = operation;
  method_ = method;
  object_ = object;
  message_.clear();
  protocol::write_header(message_, operation, ++request_, object);
  return message_;
}

protocol::Header Connection::Line::exchange(std::chrono::nanoseconds wait) {
  if (posted_ != 0) {
    throw Error(fmt::format("{} {}: {} calls of a pipeline are not finished", address_, operation(),
                            posted_));
  }
  // Sent again, it takes a byte more.
  if (message_.size() + (retries_ > 0 ? 1 : 0) > protocol::kMaxMessageBytes) {
    // The transport would drop the connection instead of answering.
    return {.code = static_cast<std::uint8_t>(Status::too_large), .request = request_};
  }
  const std::chrono::nanoseconds limit = timeout_ + wait;
  const protocol::Header header = exchange_numbered(limit);
  if (header.code != static_cast<std::uint8_t>(Status::not_greeted) ||
      operation_ == Operation::hello) {
    return header;
  }
  // The connection broke and was made again, unseen: greeted, the same once more. It was refused,
  // so nothing has changed.
  tell_number_0(Operation::hello);
  msgpack::Writer renewed(message_.size());
  protocol::write_header(renewed, operation_, ++request_, object_);
  renewed.raw(message_.bytes().subspan(protocol::kHeaderBytes));
  message_ = std::move(renewed);
  return exchange_numbered(limit);
}

void Connection::Line::tell_number_0(Operation operation) noexcept {
  told_.clear();
  protocol::write_header(told_, operation, 0, 0);
  if (operation == Operation::hello) write_greeting(told_);
  channel_->try_send(told_.bytes());
}

protocol::Header Connection::Line::exchange_numbered(std::chrono::nanoseconds limit) {
  Patience patience(limit);
  try {
    send(message_.bytes(), patience, Applied::no);
    return receive(request_, patience);
  } catch (const CallTimedOut&) {
    if (retries_ == 0) throw;
  }
  return exchange_again(retries_, limit);
}

protocol::Header Connection::Line::exchange_again(int retries, std::chrono::nanoseconds limit) {
  msgpack::Writer again(message_.size() + 1);
  protocol::write_header(again, Operation::again, request_, object_);
  again.unsigned_integer(static_cast<std::uint64_t>(operation_));
  again.raw(message_.bytes().subspan(protocol::kHeaderBytes));
  for (;;) {
    Patience patience(limit);
    try {
      // The connection may be another one by now, whose client the server does not know.
      tell_number_0(Operation::hello);
      send(again.bytes(), patience, Applied::maybe);
      const protocol::Header header = receive(request_, patience);
      if (header.code == static_cast<std::uint8_t>(Status::outcome_unknown)) {
        tell_number_0(Operation::remember);  // from the next request on
      }
      return header;
    } catch (const CallTimedOut&) {
      if (--retries == 0) throw;
    }
  }
}

void Connection::Line::post() {
  if (message_.size() > protocol::kMaxMessageBytes) {
    refuse(protocol::name_of(Status::too_large), static_cast<int>(Status::too_large));
  }
  Patience patience(timeout_);
  send(message_.bytes(), patience, Applied::no);
  ++posted_;
}

protocol::Header Connection::Line::collect(std::uint64_t oldest) {
  held_->used_here();
  Patience patience(timeout_);
  const protocol::Header header = receive(oldest, patience);
  --posted_;
  return header;
}

msgpack::Reader Connection::Line::results() const noexcept {
  return msgpack::Reader(answer_.subspan(protocol::kHeaderBytes));
}

void Connection::Line::tell(Operation operation) noexcept {
  told_.clear();
  protocol::write_header(told_, operation, request_, object_);
  if (operation != Operation::leave) told_.unsigned_integer(request_);
  // What cannot be sent need not be: the server then sees the connection end.
  channel_->try_send(told_.bytes());
}

bool Connection::Line::tell_releases(std::span<const HeldObjects::Release> releases) {
  if (!in_maker()) return true;  // the maker's own are still there
  told_.clear();
  protocol::write_header(told_, Operation::release, 0, 0);
  for (const auto& [object, times] : releases) {
    told_.unsigned_integer(object);
    told_.unsigned_integer(times);
  }
  return channel_->try_send(told_.bytes());
}

void Connection::Line::check(const protocol::Header& header) const {
  if (header.version != protocol::kVersion) {
    refuse(protocol::name_of(Status::wrong_version), static_cast<int>(Status::wrong_version));
  }
  const auto status = static_cast<Status>(header.code);
  const std::string_view called = operation();
  switch (status) {
    case Status::ok:
      return;
    case Status::no_such_object:
      throw StaleProxy(address_, called);
    case Status::no_such_key:
      throw NoSuchKey(address_, called);
    case Status::no_such_item:
      throw NoSuchItem(address_, called);
    case Status::not_held:
      throw NotHeld(address_, called);
    case Status::broken:
      throw BarrierBroken(address_, called);
    case Status::empty:
      throw QueueEmpty(address_, called);
    case Status::full:
      throw QueueFull(address_, called);
    case Status::closed:
      throw QueueClosed(address_, called);
    case Status::outcome_unknown:
      throw OutcomeUnknown(address_, called);
    case Status::failed: {
      std::string_view text;
      msgpack::Reader reason = results();
      if (!reason.text(text)) text = protocol::name_of(status);
      throw MethodFailed(text, address_, called);
    }
    default:
      refuse(protocol::name_of(status), header.code);
  }
}

void Connection::Line::refuse(std::string_view reason, int code) const {
  throw CallRefused(reason, code, address_, operation());
}

void Connection::Line::send(std::span<const std::byte> message, Patience& patience,
                            Applied applied) {
  held_->used_here();
  for (;;) {
    const Channel::Outcome outcome = channel_->send(message);
    if (outcome == Channel::Outcome::done) return;
    if (server_ended()) throw ServerGone(address_, operation(), applied);
    if (patience.ended(waited(outcome))) throw CallTimedOut(address_, operation(), timeout_);
  }
}

/// Also of an answer that nobody waits for any more: the server has counted what it told.
void Connection::Line::note_references(std::span<const std::byte> results) {
  // Most answers are too short, or hold no such byte.
  if (results.size() < kExtensionBytes ||
      std::memchr(results.data(), kExtensionTag, results.size()) == nullptr) {
    return;
  }
  held_->told_all(msgpack::Reader(results));
}

void Connection::Line::write_greeting(msgpack::Writer& to) const {
  if (!server()) return;  // on this machine it can watch this process
  to.unsigned_integer(static_cast<std::uint64_t>(::getpid()));
  to.unsigned_integer(process_start_time(::getpid()).value_or(0));
}

protocol::Header Connection::Line::receive(std::uint64_t oldest, Patience& patience) {
  // An answer sent just before the server ended may still be on its way: one more slice for it.
  bool last_slice = false;
  for (;;) {
    const Channel::Outcome outcome = channel_->receive(answer_);
    if (outcome == Channel::Outcome::done) {
      protocol::Header header;
      if (protocol::read_header(answer_, header)) {
        note_references(answer_.subspan(protocol::kHeaderBytes));
        if (header.request >= oldest && header.request <= request_) return header;
      }
    } else {
      const bool whole_slice = outcome == Channel::Outcome::slice_passed;
      if (last_slice && whole_slice) throw ServerGone(address_, operation(), Applied::maybe);
      last_slice = last_slice || server_ended();
    }
    if (patience.ended(waited(outcome))) {
      if (last_slice) throw ServerGone(address_, operation(), Applied::maybe);
      throw CallTimedOut(address_, operation(), patience.limit());
    }
  }
}

}  // namespace share::manager
