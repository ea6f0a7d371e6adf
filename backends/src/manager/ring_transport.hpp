// The server's end over shared memory: a ring for each client of the same user, and its socket,
// through which it wakes a server that sleeps (handover.hpp). A client whose socket has ended is
// served what it has sent until then and forgotten. It reads no further requests of a client that
// does not take its answers.
#pragma once

#include <cstdint>
#include <map>
#include <share/core/descriptor.hpp>
#include <share/core/segment.hpp>
#include <share/manager/protocol.hpp>
#include <share/manager/waiting.hpp>

#include "ring.hpp"
#include "server_transport.hpp"

namespace share::manager {

class RingTransport final : public ServerTransport {
 public:
  RingTransport(const std::string& endpoint, Waiting waiting);

  std::string endpoint() override { return endpoint_; }
  const std::string& key() const noexcept override { return no_key_; }
  std::vector<int> descriptors() override { return {epoll_.get()}; }
  bool serve(Handler& handler) override;
  bool prepare_to_sleep() override;
  bool wake(bool readable) override;
  Sent send(std::string_view identity, std::span<const std::byte> message) override;

 private:
  struct Client {
    Client(std::uint64_t its_number, Descriptor its_socket, Segment its_segment);
    std::uint64_t number;
    std::string identity;  // the server's name for it: nobody can take another's
    Descriptor socket;
    Segment segment;
    RingMemory& memory;
    RingReader requests;
    RingWriter answers;
    bool ended = false;  // has closed its socket, or does not keep to the rules
    void end() noexcept {
      ended = true;
      requests.end();
    }
  };
  using Clients = std::map<std::string, Client, std::less<>>;

  void accept_clients();
  void admit(Descriptor& socket);
  // How many requests it had; a part of one counts.
  int serve_client(Client& client, Handler& handler);
  int answer_requests(Client& client, Handler& handler);
  int serve_all(Handler& handler);
  // True when nothing is kept. Whoever waits for a part of it is woken.
  bool flush(Client& client) const noexcept;
  void wake_client(Client& client) const noexcept;
  bool remove_ended();
  void watch(int descriptor, std::uint64_t number) const;

  std::string endpoint_;
  std::string no_key_;
  Waiting waiting_;
  std::size_t most_clients_;
  Descriptor listener_;
  Descriptor epoll_;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Client*> by_number_;
  Clients clients_;
  msgpack::Writer reply_{protocol::kChunkBytes};
  bool asleep_ = false;
};

}  // namespace share::manager
