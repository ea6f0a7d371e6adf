#include <fmt/format.h>

#include <cstring>
#include <share/core/error.hpp>

namespace share {
namespace {

double seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

const char* effect(RemoteError::Applied applied) {
  return applied == RemoteError::Applied::no ? "not applied" : "may have been applied";
}

}  // namespace

SystemError::SystemError(std::string_view call, std::string_view object, int code)
    : Error(fmt::format("{} {}: {}", call, object, std::strerror(code))), code_(code) {}

TimedOut::TimedOut(std::string_view waited_for, std::chrono::nanoseconds limit,
                   std::string_view holder)
    : Error(fmt::format("timed out after {:.3g} s waiting for {}{}{}", seconds(limit), waited_for,
                        holder.empty() ? "" : ", held by ", holder)) {}

NotEnoughMemory::NotEnoughMemory(std::string_view object, std::size_t wanted_bytes,
                                 std::size_t free_bytes, std::string_view limited_by)
    : Error(fmt::format("not enough memory for {}: {} bytes wanted, {} bytes allowed by {}", object,
                        wanted_bytes, free_bytes, limited_by)) {}

NoSuchObject::NoSuchObject(std::string_view name, std::string_view where)
    : Error(fmt::format("no object '{}' in {}", name, where)) {}

ObjectExists::ObjectExists(std::string_view name, std::string_view where)
    : Error(fmt::format("object '{}' exists already in {}", name, where)) {}

TypeMismatch::TypeMismatch(std::string_view name, std::string_view wanted, std::string_view found)
    : Error(
          fmt::format("object '{}' opened as {}, but it was created as {}", name, wanted, found)) {}

RangeError::RangeError(std::size_t first, std::size_t count, std::size_t size)
    : Error(fmt::format("elements {} to {} (exclusive) are outside an array of {}", first,
                        first + count, size)) {}

LockPoisoned::LockPoisoned(std::string_view lock)
    : Error(fmt::format("lock {} cannot be used any more: an owner died and the state it protects "
                        "was never repaired",
                        lock)) {}

NotHeldHere::NotHeldHere(std::string_view what) : Error(fmt::format("given back: {}", what)) {}

BadTypeCode::BadTypeCode(char code)
    : Error(fmt::format("bad type code {}: allowed are c u b B h H i I l L q Q f d",
                        code > ' ' && code <= '~'
                            ? fmt::format("'{}'", code)
                            : fmt::format("{:#04x}", static_cast<unsigned char>(code)))) {}

NotRepresentable::NotRepresentable(std::string_view number, char code, std::string_view lowest,
                                   std::string_view highest)
    : Error(fmt::format("{} is no value of type code '{}', which has {}{} to {}", number, code,
                        code == 'f' || code == 'd' ? "" : "the integers ", lowest, highest)) {}

BadAddress::BadAddress(std::string_view address, std::string_view allowed)
    : Error(fmt::format("bad address '{}': allowed is {}", address, allowed)) {}

AddressInUse::AddressInUse(std::string_view address)
    : Error(fmt::format("address {} is served by another process already", address)) {}

RemoteError::RemoteError(std::string_view what, std::string_view address,
                         std::string_view operation, Applied applied)
    : Error(fmt::format("{}: {} at {} ({})", operation, what, address, effect(applied))),
      address_(address),
      operation_(operation),
      applied_(applied) {}

ServerGone::ServerGone(std::string_view address, std::string_view operation, Applied applied)
    : RemoteError("the server has ended", address, operation, applied) {}

ConnectionRefused::ConnectionRefused(std::string_view address)
    : RemoteError("the server refuses this key", address, "open", Applied::no) {}

CallTimedOut::CallTimedOut(std::string_view address, std::string_view operation,
                           std::chrono::nanoseconds limit)
    : RemoteError(fmt::format("no answer within {:.3g} s", seconds(limit)), address, operation,
                  Applied::maybe) {}

OutcomeUnknown::OutcomeUnknown(std::string_view address, std::string_view operation)
    : RemoteError("the server does not know any more whether it has been applied", address,
                  operation, Applied::maybe) {}

CallRefused::CallRefused(std::string_view reason_text, int reason, std::string_view address,
                         std::string_view operation)
    : RemoteError(reason_text, address, operation, Applied::no), reason_(reason) {}

NoSuchKey::NoSuchKey(std::string_view address, std::string_view method)
    : RemoteError("no such key", address, method, Applied::no) {}

NoSuchItem::NoSuchItem(std::string_view address, std::string_view method)
    : RemoteError("no such item", address, method, Applied::no) {}

NotHeld::NotHeld(std::string_view address, std::string_view method)
    : RemoteError("not held by the caller", address, method, Applied::no) {}

BarrierBroken::BarrierBroken(std::string_view address, std::string_view method)
    : RemoteError("the barrier is broken", address, method, Applied::no) {}

QueueEmpty::QueueEmpty(std::string_view address, std::string_view method)
    : RemoteError("the queue is empty", address, method, Applied::no) {}

QueueFull::QueueFull(std::string_view address, std::string_view method)
    : RemoteError("the queue is full", address, method, Applied::no) {}

QueueClosed::QueueClosed(std::string_view address, std::string_view method)
    : RemoteError("the queue is closed", address, method, Applied::no) {}

MethodFailed::MethodFailed(std::string_view text, std::string_view address, std::string_view method)
    : RemoteError(text, address, method, Applied::maybe) {}

BatchStopped::BatchStopped(std::size_t applied, std::string_view reason, std::string_view address)
    : RemoteError(fmt::format("call {} was refused: {}", applied, reason), address, "batch",
                  Applied::maybe),
      applied_calls_(applied) {}

StaleProxy::StaleProxy(std::string_view address, std::string_view method)
    : RemoteError("the object is not in this server", address, method, Applied::no) {}

}  // namespace share
