// The server's end over shared memory: a ring for each client of the same user (handover.hpp), and
// one doorbell that any of them rings when the server sleeps. A client whose socket has ended is
// served what it has still sent and forgotten. It reads no further requests of a client that does
// not take its answers.
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
  };
  using Clients = std::map<std::string, Client, std::less<>>;

  void accept_clients();
  void admit(Descriptor socket);
  // True when it had a request.
  bool serve_client(Client& client, Handler& handler);
  bool serve_all(Handler& handler);
  void wake_client(Client& client) const noexcept;
  bool remove_ended();
  void watch(int descriptor, std::uint64_t number) const;

  std::string endpoint_;
  std::string no_key_;
  Waiting waiting_;
  std::size_t most_clients_;
  Descriptor listener_;
  Descriptor doorbell_;
  Descriptor epoll_;
  std::uint64_t last_number_ = 1;
  std::map<std::uint64_t, Client*> by_number_;
  Clients clients_;
  msgpack::Writer reply_{protocol::kChunkBytes};
  bool asleep_ = false;
};

}  // namespace share::manager
