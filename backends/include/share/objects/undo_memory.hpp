// UndoMemory: bytes under a robust lock that go back to what they were when whoever was changing
// them dies in the middle; without a type, see UndoValue and UndoArray. Beside the bytes stands
// room for a copy of them. Before a range is changed it is copied and noted as dirty; when the
// change is done, the note goes. The next owner of a dead one's lock finds the note and copies the
// range back, which may be interrupted by its death and begun again by the next. Only the order of
// the program matters: what a process wrote before it died is in memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <share/mutex/robust.hpp>
#include <share/objects/object_memory.hpp>
#include <string>
#include <utility>

namespace share {

class UndoMemory {
 public:
  using Reached = ObjectMemory::Reached;
  using Acquired = mutex::Acquired;

  /// @param form what it is and of what type, as "undo value q". @throws as ObjectMemory::create.
  static UndoMemory create(const std::string& form, std::size_t count, std::size_t element_bytes,
                           Reached reached);
  /// @param count 0: any. @throws as ObjectMemory::open.
  static UndoMemory open(const std::string& form, std::size_t count, std::size_t element_bytes,
                         const std::string& address);
  void publish(const std::string& name) { memory_.publish(name); }
  std::string address() const { return memory_.address(); }
  std::size_t count() const noexcept { return memory_.count(); }
  std::byte* now() const noexcept { return memory_.elements(); }

  /// Afterwards the bytes are whole. @throws as RobustMutex::lock().
  Acquired lock();
  bool try_lock();
  bool try_lock_for(std::chrono::nanoseconds limit);
  /// Under the lock, once: from here on these bytes may be changed, and are as they are now if the
  /// caller dies before commit().
  void save(std::size_t first, std::size_t bytes) noexcept;
  /// What was saved stays as it has become.
  void commit() noexcept { state().dirty.store(0, std::memory_order_release); }
  /// What was saved is again as it was.
  void roll_back() noexcept;
  void unlock() noexcept { state().lock.unlock(); }
  /// Whether the calling thread holds the lock.
  bool is_held_here() const noexcept { return state().lock.is_held_here(); }
  /// How often a torn change of a dead one was undone; read it while holding the lock.
  std::uint64_t rollbacks() const noexcept { return state().rollbacks; }

  /// Makes a change as a whole: when `change` throws, there is none. @throws as lock() and change.
  template <class Change>
  void change(std::size_t first, std::size_t bytes, const Change& change) {
    Section section(*this, first, bytes);
    change();
    section.keep();
  }

 private:
  struct State {
    mutex::RobustLock lock;
    std::atomic<std::uint32_t> dirty;
    std::uint64_t first, bytes;  // what is dirty
    std::uint64_t rollbacks;
  };
  /// Ends as it should, unless the process ends.
  class Section {
   public:
    Section(UndoMemory& memory, std::size_t first, std::size_t bytes) : memory_(memory) {
      memory_.lock();
      memory_.save(first, bytes);
    }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;
    ~Section() {
      if (!memory_.is_held_here()) return;  // a child of whoever makes the change
      if (keep_)
        memory_.commit();
      else
        memory_.roll_back();
      memory_.unlock();
    }
    void keep() noexcept { keep_ = true; }

   private:
    UndoMemory& memory_;
    bool keep_ = false;
  };

  explicit UndoMemory(ObjectMemory memory, std::size_t element_bytes) noexcept
      : memory_(std::move(memory)), bytes_(memory_.count() * element_bytes) {}
  static ObjectKind kind(const std::string& form, std::size_t count, std::size_t element_bytes) {
    return {form, count, 2 * element_bytes, sizeof(State)};
  }
  State& state() const noexcept;
  std::byte* before() const noexcept { return now() + bytes_; }
  void recover() noexcept;

  ObjectMemory memory_;
  std::size_t bytes_;
};

}  // namespace share
