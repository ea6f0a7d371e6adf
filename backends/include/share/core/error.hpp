// Errors of the library. Every error is a share::Error whose message names the call, the object and
// what was wrong, so that it can be shown to a user as it is. Set-up functions and remote calls
// throw; the hot paths of memory backends do not, unless their comment says so. Nothing here is
// shared between processes.
#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace share {

/// Base of everything the library throws.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A failed system call: "memfd_create counter: Too many open files".
class SystemError : public Error {
 public:
  /// @param call the system call or library function; @param object what it was applied to;
  /// @param code its errno.
  SystemError(std::string_view call, std::string_view object, int code);
  int code() const noexcept { return code_; }

 private:
  int code_;
};

/// A wait reached its deadline; the message says for what and for how long it waited, and who has
/// it, as far as known.
class TimedOut : public Error {
 public:
  TimedOut(std::string_view waited_for, std::chrono::nanoseconds limit,
           std::string_view holder = {});
};

/// Not enough free memory (or a limit such as RLIMIT_FSIZE) for a segment; thrown before anything
/// is mapped.
class NotEnoughMemory : public Error {
 public:
  NotEnoughMemory(std::string_view object, std::size_t wanted_bytes, std::size_t free_bytes,
                  std::string_view limited_by);
};

/// No object of that name in the store or server.
class NoSuchObject : public Error {
 public:
  NoSuchObject(std::string_view name, std::string_view where);
};

/// An object of that name exists already.
class ObjectExists : public Error {
 public:
  ObjectExists(std::string_view name, std::string_view where);
};

/// An object was opened under another type or size than it was created with.
class TypeMismatch : public Error {
 public:
  TypeMismatch(std::string_view name, std::string_view wanted, std::string_view found);
};

/// An index or a slice outside an array.
class RangeError : public Error {
 public:
  RangeError(std::size_t first, std::size_t count, std::size_t size);
};

/// A lock cannot be used any more: an owner died and nobody repaired what it protects.
class LockPoisoned : public Error {
 public:
  explicit LockPoisoned(std::string_view lock);
};

/// Something was given back that the caller does not hold; nothing was changed.
class NotHeldHere : public Error {
 public:
  explicit NotHeldHere(std::string_view what);
};

/// No type has this code; the message lists those that are.
class BadTypeCode : public Error {
 public:
  explicit BadTypeCode(char code);
};

/// A number is none of the type that should hold it; nothing was changed.
class NotRepresentable : public Error {
 public:
  NotRepresentable(std::string_view number, char code, std::string_view lowest,
                   std::string_view highest);
};

/// A text that should name a share does not.
class BadAddress : public Error {
 public:
  BadAddress(std::string_view address, std::string_view allowed);
};

/// Somebody else serves this address already.
class AddressInUse : public Error {
 public:
  explicit AddressInUse(std::string_view address);
};

/// Base of the errors of a call to a server: they name address and operation and say whether the
/// operation may have been applied.
class RemoteError : public Error {
 public:
  enum class Applied { no, maybe };
  RemoteError(std::string_view what, std::string_view address, std::string_view operation,
              Applied applied);
  const std::string& address() const noexcept { return address_; }
  const std::string& operation() const noexcept { return operation_; }
  /// `maybe`: the request was sent and no answer came, so its effect is unknown.
  Applied applied() const noexcept { return applied_; }

 private:
  std::string address_, operation_;
  Applied applied_;
};

/// The server process has ended.
class ServerGone : public RemoteError {
 public:
  ServerGone(std::string_view address, std::string_view operation, Applied applied);
};

/// The server does not let this client in: the address has another server's key.
class ConnectionRefused : public RemoteError {
 public:
  explicit ConnectionRefused(std::string_view address);
};

/// No answer within the deadline.
class CallTimedOut : public RemoteError {
 public:
  CallTimedOut(std::string_view address, std::string_view operation,
               std::chrono::nanoseconds limit);
};

/// The server has been asked again, and does not know whether it has applied the operation.
class OutcomeUnknown : public RemoteError {
 public:
  OutcomeUnknown(std::string_view address, std::string_view operation);
};

/// The server answered that it cannot do this: unknown object, unknown operation, wrong type,
/// message too large, malformed frame. `reason()` is the wire code of the answer.
class CallRefused : public RemoteError {
 public:
  CallRefused(std::string_view reason_text, int reason, std::string_view address,
              std::string_view operation);
  int reason() const noexcept { return reason_; }

 private:
  int reason_;
};

/// The dictionary or namespace has no such key; nothing was changed.
class NoSuchKey : public RemoteError {
 public:
  NoSuchKey(std::string_view address, std::string_view method);
};

/// No item of the list or set is equal to that; nothing was changed.
class NoSuchItem : public RemoteError {
 public:
  NoSuchItem(std::string_view address, std::string_view method);
};

/// A lock, a semaphore's unit or a task was given back by one who does not have it.
class NotHeld : public RemoteError {
 public:
  NotHeld(std::string_view address, std::string_view method);
};

/// Somebody who should have come to the barrier ran out of time, ended or aborted it.
class BarrierBroken : public RemoteError {
 public:
  BarrierBroken(std::string_view address, std::string_view method);
};

/// No item came in time.
class QueueEmpty : public RemoteError {
 public:
  QueueEmpty(std::string_view address, std::string_view method);
};

/// No room came in time; the item is not in the queue.
class QueueFull : public RemoteError {
 public:
  QueueFull(std::string_view address, std::string_view method);
};

/// Nothing can be put into the queue any more, and nothing is left in it.
class QueueClosed : public RemoteError {
 public:
  QueueClosed(std::string_view address, std::string_view method);
};

/// A method of a custom class, or its constructor, threw; the message has its text.
class MethodFailed : public RemoteError {
 public:
  MethodFailed(std::string_view text, std::string_view address, std::string_view method);
};

/// A call of a batch was refused: those before it have been carried out, those from it on have not.
class BatchStopped : public RemoteError {
 public:
  BatchStopped(std::size_t applied, std::string_view reason, std::string_view address);
  /// Calls that were carried out: the number of the refused one, counted from 0.
  std::size_t applied_calls() const noexcept { return applied_calls_; }

 private:
  std::size_t applied_calls_;
};

/// The proxy's object is not in this server: it was in one that has ended.
class StaleProxy : public RemoteError {
 public:
  StaleProxy(std::string_view address, std::string_view method);
};

}  // namespace share
