// manager.tcp: objects in a server process, reached over tcp on this host, open to every local
// user. Every update is one call, which the server applies as one, so updates are exact and a slice
// is transformed as a whole; a user that dies in between has either sent its request or not. The
// owner ends the server; see backend.hpp for errors and cleaning up.
#pragma once

#include <share/contract.hpp>
#include <share/manager/backend.hpp>
#include <share/manager/proxies.hpp>

namespace share::manager {

struct TcpVariant {
  static constexpr Traits traits{.name = "manager.tcp",
                                 .updates = Updates::exact,
                                 .on_death = OnDeath::stateless,
                                 .transform = Atomicity::slice,
                                 .runs_in = RunsIn::server,
                                 .remote = true};
  static constexpr Transport transport = Transport::tcp;
  template <Element T>
  using Counter = RemoteCounter<T>;
  template <Element T>
  using Array = RemoteArray<T>;
};

using Tcp = ManagerBackend<TcpVariant>;

static_assert(Backend<Tcp>);

}  // namespace share::manager
