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
  const std::size_t before = client.answer.size();
  client.state = Answer::lost;
  client.binds = binds;
  returned(identity);  // it is heard again
  if (!room.exchange(before, answer.size())) return;
  try {
    if (client.answer.capacity() > 2 * answer.size()) std::vector<std::byte>().swap(client.answer);
    client.answer.assign(answer.begin(), answer.end());
    client.state = Answer::kept;
  } catch (const std::bad_alloc&) {
    room.give(answer.size());
    client.answer.clear();
  }
}

std::span<const std::byte> Remembered::answer(std::string_view identity) const noexcept {
  const auto found = clients_.find(identity);
  return found == clients_.end() ? std::span<const std::byte>() : found->second.answer;
}

std::uint64_t Remembered::last(std::string_view identity) const noexcept {
  const auto found = clients_.find(identity);
  return found == clients_.end() ? 0 : found->second.last;
}

void Remembered::undo(std::string_view identity, std::uint64_t request, bool waited) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || found->second.last != request) return;
  Client& client = found->second;
  if (client.state == Answer::kept && client.binds) client.state = Answer::lost;
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
  undo(identity, found->second.last, waited);
  try {
    gone_.emplace_back(identity);
  } catch (const std::bad_alloc&) {
    return forget(found, room);
  }
  found->second.gone = true;
  gone_bytes_ += found->second.answer.size();
  while (gone_.size() > kMostGone || gone_bytes_ > kMostGoneBytes) {
    forget(clients_.find(gone_.front()), room);
  }
}

void Remembered::returned(std::string_view identity) noexcept {
  const auto found = clients_.find(identity);
  if (found == clients_.end() || !found->second.gone) return;
  found->second.gone = false;
  gone_bytes_ -= found->second.answer.size();
  std::erase(gone_, found->first);
}

}  // namespace share::manager
