// How a client of manager.shm gets its ring: it connects to the server's socket, whose peer the
// kernel names, and receives one message with a descriptor, that of the ring's segment. The socket
// stays open: its end tells either side that the other has gone, and a byte from the client wakes a
// server that sleeps. Source: unix(7), SCM_RIGHTS and SO_PEERCRED. All of these throw SystemError.
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
inline constexpr std::string_view kNoMemory = "no memory for another connection";

/// Never waits. False when the client has gone already.
bool hand_over(int client, int segment) noexcept;
/// The client's side: wakes the server, if it sleeps.
void ring_bell(int socket) noexcept;
/// The server's: hears all that was rung. False when the client has closed.
bool hear_bell(int client) noexcept;
void turn_away(int client, std::string_view reason) noexcept;

struct Handover {
  Descriptor socket;
  Segment segment;
};

/// The client's side. @param shown the address, for messages. Throws ServerGone when nobody
/// listens, ConnectionRefused for another user's server, CallRefused for one that has too many
/// clients all the time, CallTimedOut.
Handover connect_to(const std::string& endpoint, const std::string& shown,
                    std::chrono::nanoseconds timeout);

}  // namespace share::manager
