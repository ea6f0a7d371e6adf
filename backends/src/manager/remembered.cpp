#include <new>
#include <share/manager/remembered.hpp>
#include <utility>

namespace share::manager {
namespace {

// Of each client besides the answer.
constexpr std::size_t kOverheadBytes = 512;
// Clients whose connection has ended.
constexpr std::size_t kMostGone = 1024;
constexpr std::size_t kMostGoneBytes = std::size_t{16} << 20;

}  // namespace

bool Remembered::begin(std::string_view identity, std::uint64_t request, Room& room) {
  if (const auto known = clients_.find(identity); known != clients_.end()) {
    known->second.last = request;
    return true;
  }
  if (!room.take(kOverheadBytes)) return false;
  try {
    clients_.emplace(identity, Client{.last = request});
  } catch (...) {
    room.give(kOverheadBytes);
    throw;
  }
  return true;
}

Remembered::Verdict Remembered::judge(std::string_view identity, std::uint64_t request,
                                      bool again) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end()) return again ? Verdict::unknown : Verdict::carry_out;
  Client& client = found->second;
  if (request > client.last) {
    client.last = request;
    client.state = Answer::none_yet;
    return Verdict::carry_out;
  }
  if (!again || request < client.last) return Verdict::ignore;
  switch (client.state) {
    case Answer::kept:
      return Verdict::repeat;
    case Answer::lost:
      return Verdict::unknown;
    case Answer::never_happened:
      client.state = Answer::none_yet;
      return Verdict::carry_out;
    case Answer::none_yet:
      break;
  }
  return Verdict::ignore;
}

void Remembered::keep(std::string_view identity, std::uint64_t request,
                      std::span<const std::byte> answer, bool binds, Room& room) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || found->second.last != request) return;
  Client& client = found->second;
  lose(client, room);
  if (!room.take(answer.size())) return;
  try {
    client.answer.assign(answer.begin(), answer.end());
  } catch (const std::bad_alloc&) {
    return room.give(answer.size());
  }
  client.state = Answer::kept;
  client.binds = binds;
  if (!client.gone) return;  // else it speaks again, and has not greeted
  gone_bytes_ += answer.size();
  keep_to_limits(room);
}

void Remembered::lose(Client& client, Room& room) noexcept {
  client.state = Answer::lost;
  room.give(client.answer.size());
  if (client.gone) gone_bytes_ -= client.answer.size();
  // The memory is used again, unless there is much of it.
  constexpr std::size_t kMuch = 4096;
  client.answer.clear();
  if (client.answer.capacity() > kMuch) std::vector<std::byte>().swap(client.answer);
}

void Remembered::keep_to_limits(Room& room) noexcept {
  while (gone_.size() > kMostGone || gone_bytes_ > kMostGoneBytes) {
    forget(clients_.find(gone_.front()), room);
  }
}

void Remembered::not_greeted(std::string_view identity, std::uint64_t request) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || found->second.last != request) return;
  found->second.state = Answer::never_happened;
}

std::span<const std::byte> Remembered::answer(std::string_view identity) const noexcept {
  const auto found = clients_.find(identity);
  return found == clients_.end() ? std::span<const std::byte>() : found->second.answer;
}

std::uint64_t Remembered::last(std::string_view identity) const noexcept {
  const auto found = clients_.find(identity);
  return found == clients_.end() ? 0 : found->second.last;
}

void Remembered::undo(std::string_view identity, std::uint64_t request, bool waited,
                      Room& room) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || found->second.last != request) return;
  Client& client = found->second;
  if (client.state == Answer::kept && client.binds) lose(client, room);
  if (client.state == Answer::none_yet) {
    client.state = waited ? Answer::never_happened : Answer::lost;
  }
}

void Remembered::forget(std::string_view identity, Room& room) noexcept {
  const auto found = clients_.find(identity);
  if (found != clients_.end()) forget(found, room);
}

void Remembered::forget(Clients::iterator client, Room& room) noexcept {
  returned(client->first);
  room.give(kOverheadBytes + client->second.answer.size());
  clients_.erase(client);
}

void Remembered::gone(std::string_view identity, bool waited, Room& room) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || found->second.gone) return;
  undo(identity, found->second.last, waited, room);
  try {
    gone_.emplace_back(identity);
  } catch (const std::bad_alloc&) {
    return forget(found, room);
  }
  found->second.gone = true;
  gone_bytes_ += found->second.answer.size();
  keep_to_limits(room);
}

void Remembered::returned(std::string_view identity) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || !found->second.gone) return;
  found->second.gone = false;
  gone_bytes_ -= found->second.answer.size();
  std::erase(gone_, found->first);
}

}  // namespace share::manager
