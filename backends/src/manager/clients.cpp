#include <share/manager/clients.hpp>

namespace share::manager {

std::uint64_t Clients::greet(std::string_view identity, std::uint64_t pid) {
  if (const std::uint64_t number = number_of(identity); number != 0) {
    clients_.at(number).pid = pid;
    return number;
  }
  if (clients_.size() >= kMaxClients) return 0;
  const std::uint64_t number = last_number_ + 1;
  const auto named = numbers_.emplace(identity, number).first;
  try {
    clients_.emplace(number, Client{std::string(identity), pid});
  } catch (...) {
    numbers_.erase(named);
    throw;
  }
  return last_number_ = number;
}

std::uint64_t Clients::number_of(std::string_view identity) const noexcept {
  const auto found = numbers_.find(identity);
  return found == numbers_.end() ? 0 : found->second;
}

const Clients::Client* Clients::at(std::uint64_t number) const noexcept {
  const auto found = clients_.find(number);
  return found == clients_.end() ? nullptr : &found->second;
}

void Clients::remove(std::uint64_t number) noexcept {
  const auto found = clients_.find(number);
  if (found == clients_.end()) return;
  numbers_.erase(found->second.identity);
  clients_.erase(found);
}

}  // namespace share::manager
