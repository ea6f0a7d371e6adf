// Condition of a manager, with a recursive lock of its own. See docs/manager.md for the methods.
#pragma once

#include <share/manager/served.hpp>

#include "ownership.hpp"
#include "wait_queue.hpp"

namespace share::manager {

class ConditionObject final : public Served {
 public:
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return waiting_.size(); }
  void timed_out(Caller caller, Host& host) override;
  void cancelled(Caller caller, Host& host) override;
  void client_gone(std::uint64_t client, Host& host) override;

 private:
  using Status = protocol::Status;
  Status acquire(MethodCall& call) { return ownership_.acquire(call); }
  Status release(MethodCall& call) { return ownership_.release(call); }
  Status holder(MethodCall& call) { return ownership_.holder(call); }
  Status wait(MethodCall& call);
  Status notify(MethodCall& call);
  Status notify_all(MethodCall& call);

  std::size_t wake(std::size_t most, Waits& waits);

  static const Method<ConditionObject> kMethods[];
  Ownership ownership_{true};
  WaitQueue<std::uint32_t> waiting_;  // with the levels of the lock that they gave up
};

}  // namespace share::manager
