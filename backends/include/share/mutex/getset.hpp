// mutex.getset: locks for the read and locks again for the write, as `v.value += 1` on Python's
// Value does. Each access is safe and the update is not: a control that shows why a
// read-modify-write needs the lock around all of it.
#pragma once

#include <share/mutex/guarded.hpp>
#include <share/mutex/robust_mutex.hpp>
#include <vector>

namespace share::mutex {

struct GetSetLock : RobustMutex {
  static constexpr Traits traits{.name = "mutex.getset",
                                 .updates = Updates::lossy,
                                 .on_death = OnDeath::recovers,
                                 .transform = Atomicity::nothing,
                                 .runs_in = RunsIn::user,
                                 .copies_slice = true};
  static std::string details() { return "robust mutex for the read, and again for the write"; }
};

struct GetSetPolicy : GuardedPolicy<GetSetLock> {
  template <Element T>
  class Counter : public GuardedPolicy<GetSetLock>::Counter<T> {
   public:
    using GuardedPolicy<GetSetLock>::Counter<T>::Counter;
    T add(Exactly<T> x) {
      const T before = this->load();
      this->store(static_cast<T>(before + T(x)));
      return before;
    }
    /// Lossy: f runs between the two critical sections.
    template <CounterUpdate<T> F>
    T update(const F& f) {
      const T before = this->load();
      this->store(f(before));
      return before;
    }
  };

  template <Element T>
  class Array : public GuardedPolicy<GetSetLock>::Array<T> {
   public:
    using GuardedPolicy<GetSetLock>::Array<T>::Array;
    template <ElementOperation<T> F>
    void transform(std::size_t first, std::size_t count, const F& f) {
      check_range(first, count, this->size());
      copy_.resize(count);
      this->read(first, copy_);
      f(std::span<T>(copy_));
      this->write(first, copy_);
    }

   private:
    std::vector<T> copy_;  // kept between calls: no allocation in the loop
  };
};

using GetSet = MemoryBackend<GetSetPolicy>;
static_assert(Backend<GetSet>);

}  // namespace share::mutex
