#include <share/manager/clients.hpp>

namespace share::manager {

std::uint64_t Clients::greet(std::string_view identity) {
  if (const std::uint64_t number = number_of(identity); number != 0) return number;
  if (clients_.size() >= kMaxClients || identity.size() > kMaxIdentityBytes ||
      has_ended(identity)) {
    return 0;
  }
  const std::uint64_t number = last_number_ + 1;
  const auto named = numbers_.emplace(identity, number).first;
  try {
    clients_.emplace(number, Client{std::string(identity)});
  } catch (...) {
    numbers_.erase(named);
    throw;
  }
  return last_number_ = number;
}

void Clients::set_pid(std::uint64_t number, std::uint64_t pid) noexcept {
  const auto found = clients_.find(number);
  if (found != clients_.end()) found->second.pid = pid;
}

std::uint64_t Clients::number_of(std::string_view identity) const noexcept {
  const auto found = numbers_.find(identity);
  return found == numbers_.end() ? 0 : found->second;
}

std::uint64_t Clients::hear(std::string_view identity) noexcept {
  const std::uint64_t number = number_of(identity);
  if (number != 0) clients_.find(number)->second.unread = 0;
  return number;
}

bool Clients::may_disturb(std::uint64_t number) noexcept {
  constexpr std::uint32_t kMostUnread = 1000;  // well below what waits for a client
  const auto found = clients_.find(number);
  return found != clients_.end() && found->second.unread++ < kMostUnread;
}

const Clients::Client* Clients::at(std::uint64_t number) const noexcept {
  const auto found = clients_.find(number);
  return found == clients_.end() ? nullptr : &found->second;
}

Clients::Client* Clients::at(std::uint64_t number) noexcept {
  const auto found = clients_.find(number);
  return found == clients_.end() ? nullptr : &found->second;
}

void Clients::remove(std::uint64_t number) noexcept {
  const auto found = clients_.find(number);
  if (found == clients_.end()) return;
  numbers_.erase(found->second.identity);
  clients_.erase(found);
}

void Clients::bury(std::uint64_t number) {
  if (const Client* client = at(number)) ended_.insert(client->identity);
  remove(number);
}

}  // namespace share::manager
