// Barrier of a manager: so many calls wait for each other. It breaks when one of them runs out of
// time or ends, so that the others do not wait in vain. See docs/manager.md for the methods.
#pragma once

#include <share/manager/served.hpp>

#include "wait_queue.hpp"

namespace share::manager {

class BarrierObject final : public Served {
 public:
  explicit BarrierObject(std::size_t parties) noexcept : parties_(parties) {}
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return parties_; }
  void timed_out(Caller caller, Host& host) override;
  void cancelled(Caller caller, Host& host) override;
  void client_gone(std::uint64_t client, Host& host) override;

 private:
  using Status = protocol::Status;
  Status wait(MethodCall& call);
  Status abort(MethodCall& call);
  Status reset(MethodCall& call);
  Status is_broken(MethodCall& call);
  Status parties(MethodCall& call);
  Status waiting(MethodCall& call);

  // Refuses the calls that wait, and all to come.
  void break_up(Waits& waits);

  static const Method<BarrierObject> kMethods[];
  std::size_t parties_;
  bool broken_ = false;
  WaitQueue<Nothing> waiting_;
};

}  // namespace share::manager
