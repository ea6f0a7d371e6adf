#include <cstring>
#include <new>
#include <share/objects/undo_memory.hpp>

namespace share {

UndoMemory UndoMemory::create(const std::string& form, std::size_t count, std::size_t element_bytes,
                              Reached reached) {
  UndoMemory made(ObjectMemory::create(kind(form, count, element_bytes), reached), element_bytes);
  State& state = *new (made.memory_.lock()) State;
  state.lock.init();
  state.dirty.store(0);
  state.first = state.bytes = state.rollbacks = 0;
  return made;
}

UndoMemory UndoMemory::open(const std::string& form, std::size_t count, std::size_t element_bytes,
                            const std::string& address) {
  return UndoMemory(ObjectMemory::open(kind(form, count, element_bytes), address), element_bytes);
}

UndoMemory::State& UndoMemory::state() const noexcept {
  return *std::launder(reinterpret_cast<State*>(memory_.lock()));
}

UndoMemory::Acquired UndoMemory::lock() {
  const Acquired how = state().lock.lock();
  recover();
  return how;
}

bool UndoMemory::try_lock() {
  if (!state().lock.try_lock()) return false;
  recover();
  return true;
}

bool UndoMemory::try_lock_for(std::chrono::nanoseconds limit) {
  if (!state().lock.try_lock_for(limit)) return false;
  recover();
  return true;
}

/// Whoever holds the lock and finds a note has got it from the dead.
void UndoMemory::recover() noexcept {
  if (state().dirty.load(std::memory_order_acquire) == 0) return;
  roll_back();
  ++state().rollbacks;
}

void UndoMemory::save(std::size_t first, std::size_t bytes) noexcept {
  std::memcpy(before() + first, now() + first, bytes);
  state().first = first;
  state().bytes = bytes;
  state().dirty.store(1, std::memory_order_release);
  // What the caller changes stays behind the note: against the compiler, see above.
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

void UndoMemory::roll_back() noexcept {
  std::memcpy(now() + state().first, before() + state().first, state().bytes);
  commit();
}

}  // namespace share
