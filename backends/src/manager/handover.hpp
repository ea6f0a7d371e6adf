// How a client of manager.shm gets its ring: it connects to the server's socket, whose peer the
// kernel names, and receives one message with two descriptors, the ring's segment and the server's
// doorbell. The socket stays open: its end tells either side that the other has gone. Source:
// unix(7), SCM_RIGHTS and SO_PEERCRED. All of these throw SystemError.
#pragma once

#include <array>
#include <chrono>
#include <share/core/descriptor.hpp>
#include <share/core/segment.hpp>
#include <string>
#include <string_view>

namespace share::manager {

/// Listens at `shm://@name`. Throws AddressInUse: the kernel lets nobody else have the name.
Descriptor listen_at(const std::string& endpoint);
/// The next one who came, not waiting; empty when there is none, or it is of another user.
Descriptor accept_own_user(int listener, bool& came);

/// Why a client gets no ring.
inline constexpr std::string_view kTooMany = "too many connections";

/// Never waits. False when the client has gone already.
bool hand_over(int client, int segment, int doorbell) noexcept;
void turn_away(int client, std::string_view reason) noexcept;

struct Handover {
  Descriptor socket;
  Segment segment;
  Descriptor doorbell;
};

/// The client's side. @param shown the address, for messages. Throws ServerGone when nobody
/// listens, ConnectionRefused for another user's server, CallRefused for one that has too many
/// clients all the time, CallTimedOut.
Handover connect_to(const std::string& endpoint, const std::string& shown,
                    std::chrono::nanoseconds timeout);

}  // namespace share::manager
