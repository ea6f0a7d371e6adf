// Making objects in a manager's server, as owner or as client: one function for each kind, named as
// in Python. An object is found by its name and lives at least as long as it has it. Names are
// taken once. Throws ObjectExists, CallRefused (too large, arguments that the class does not take),
// MethodFailed (of a custom class's constructor), CallTimedOut, ServerGone.
#pragma once

#include <cstddef>
#include <share/core/element.hpp>
#include <share/manager/containers.hpp>
#include <share/manager/coordination.hpp>
#include <share/manager/queues.hpp>
#include <string_view>

namespace share::manager {

/// Base of a Maker that has make_value(name, type code), make_array(name, type code, size) and
/// make_object(name, class, arguments of its constructor).
template <class Maker>
class Creating {
 public:
  template <Element T>
  void add_value(std::string_view name) {
    maker().make_value(name, type_code<T>());
  }
  template <Element T>
  void add_array(std::string_view name, std::size_t size) {
    maker().make_array(name, type_code<T>(), size);
  }

  void add_list(std::string_view name) { add_object(name, RemoteList::kClass); }
  void add_dict(std::string_view name) { add_object(name, RemoteDict::kClass); }
  void add_set(std::string_view name) { add_object(name, RemoteSet::kClass); }
  void add_namespace(std::string_view name) { add_object(name, RemoteNamespace::kClass); }
  /// @param most items in it; 0: no limit.
  void add_queue(std::string_view name, std::size_t most = 0) {
    add_object(name, RemoteQueue::kClass, {most});
  }
  void add_joinable_queue(std::string_view name, std::size_t most = 0) {
    add_object(name, RemoteJoinableQueue::kClass, {most});
  }
  void add_lock(std::string_view name) { add_object(name, RemoteLock::kClass); }
  void add_rlock(std::string_view name) { add_object(name, RemoteRLock::kClass); }
  void add_condition(std::string_view name) { add_object(name, RemoteCondition::kClass); }
  void add_semaphore(std::string_view name, std::size_t units = 1) {
    add_object(name, RemoteSemaphore::kClass, {units});
  }
  void add_bounded_semaphore(std::string_view name, std::size_t units = 1) {
    add_object(name, RemoteBoundedSemaphore::kClass, {units});
  }
  void add_event(std::string_view name) { add_object(name, RemoteEvent::kClass); }
  void add_barrier(std::string_view name, std::size_t parties) {
    add_object(name, RemoteBarrier::kClass, {parties});
  }
  /// Of any class that the server knows; custom ones: registered.hpp.
  void add_object(std::string_view name, std::string_view class_name,
                  const Datum::List& arguments = {}) {
    maker().make_object(name, class_name, arguments);
  }

 private:
  Maker& maker() { return static_cast<Maker&>(*this); }
};

}  // namespace share::manager
