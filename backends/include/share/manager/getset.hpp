// manager.getset: the control of the manager family. Reading and writing back are two calls, as in
// `proxy.value += 1`, so another user's update between the two is lost; it must lose updates under
// contention. A user that dies between the calls leaves nothing behind. Otherwise like manager.ipc.
#pragma once

#include <cstddef>
#include <memory>
#include <share/contract.hpp>
#include <share/manager/backend.hpp>
#include <share/manager/proxies.hpp>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace share::manager {

template <Element T>
class GetSetCounter : public RemoteCounter<T> {
 public:
  using RemoteCounter<T>::RemoteCounter;

  /// Returns the value that it read.
  T add(T amount) {
    const T before = this->load();
    this->store(wrapping_sum(before, amount));
    return before;
  }
};

template <Element T>
class GetSetArray : public RemoteArray<T> {
 public:
  using RemoteArray<T>::RemoteArray;

  /// Applies `operation` here, to a copy of the slice.
  template <class F>
  requires ElementOperation<F, T>
  void transform(std::size_t first, std::size_t count, const F& operation) {
    this->check(first, count);
    slice_.resize(count);
    this->read(first, slice_);
    operation(std::span<T>(slice_));
    this->write(first, slice_);
  }

 private:
  std::vector<T> slice_;  // kept for its memory
};

struct GetSetVariant {
  static constexpr Traits traits{.name = "manager.getset",
                                 .updates = Updates::lossy,
                                 .on_death = OnDeath::stateless,
                                 .transform = Atomicity::nothing,
                                 .runs_in = RunsIn::user,
                                 .remote = true};
  static constexpr Transport transport = Transport::ipc;
  template <Element T>
  using Counter = GetSetCounter<T>;
  template <Element T>
  using Array = GetSetArray<T>;
};

using GetSet = ManagerBackend<GetSetVariant>;

static_assert(Backend<GetSet>);

}  // namespace share::manager
