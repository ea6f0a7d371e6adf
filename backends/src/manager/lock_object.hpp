// Lock and RLock of a manager. The holder is a client; only it can release. When it ends without,
// the next holder is told that the owner died. See docs/manager.md for the methods.
#pragma once

#include <share/manager/served.hpp>

#include "ownership.hpp"

namespace share::manager {

class LockObject final : public Served {
 public:
  explicit LockObject(bool recursive) noexcept : ownership_(recursive) {}
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return ownership_.levels(); }
  void timed_out(Caller caller, Host& host) override { ownership_.timed_out(caller, host.waits); }
  // Nobody is told of anything but the lock itself.
  void cancelled(Caller caller, Host& host) override {
    static_cast<void>(ownership_.cancelled(caller, host.waits));
  }
  void client_gone(std::uint64_t client, Host& host) override {
    static_cast<void>(ownership_.client_gone(client, host.waits));
  }

 private:
  using Status = protocol::Status;
  Status acquire(MethodCall& call) { return ownership_.acquire(call); }
  Status release(MethodCall& call) { return ownership_.release(call); }
  Status holder(MethodCall& call) { return ownership_.holder(call); }

  static const Method<LockObject> kMethods[];
  Ownership ownership_;
};

}  // namespace share::manager
