// manager.shm: objects in a server process, reached over rings in shared memory, open to processes
// of the same user on the same machine; for few clients, since the server looks at each one's ring.
// Its variants wait for each other in different ways: manager.shm looks for a while and then
// sleeps, manager.shm.spin never sleeps, manager.shm.block sleeps at once. Every update is one
// call, which the server applies as one, so updates are exact and a slice is transformed as a
// whole; a user that dies in between has either sent its request or not. The owner ends the server;
// see backend.hpp for errors and cleaning up.
#pragma once

#include <share/contract.hpp>
#include <share/manager/backend.hpp>
#include <share/manager/proxies.hpp>
#include <string_view>

namespace share::manager {

template <Waiting How>
struct ShmVariant {
  static constexpr std::string_view kName = How == Waiting::spin    ? "manager.shm.spin"
                                            : How == Waiting::block ? "manager.shm.block"
                                                                    : "manager.shm";
  static constexpr Traits traits{.name = kName,
                                 .updates = Updates::exact,
                                 .on_death = OnDeath::stateless,
                                 .transform = Atomicity::slice,
                                 .runs_in = RunsIn::server,
                                 .remote = true,
                                 .server_spins = How != Waiting::block};
  static constexpr Transport transport = Transport::shm;
  static constexpr Waiting waiting = How;
  template <Element T>
  using Counter = RemoteCounter<T>;
  template <Element T>
  using Array = RemoteArray<T>;
};

using Shm = ManagerBackend<ShmVariant<Waiting::spin_then_block>>;
using ShmSpin = ManagerBackend<ShmVariant<Waiting::spin>>;
using ShmBlock = ManagerBackend<ShmVariant<Waiting::block>>;

static_assert(Backend<Shm>);
static_assert(Backend<ShmSpin>);
static_assert(Backend<ShmBlock>);

}  // namespace share::manager
