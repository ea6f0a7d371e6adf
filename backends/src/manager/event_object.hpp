// Event of a manager: set or not; calls wait until it is set. See docs/manager.md for the methods.
#pragma once

#include <share/manager/served.hpp>

#include "wait_queue.hpp"

namespace share::manager {

class EventObject final : public Served {
 public:
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return waiting_.size(); }
  void timed_out(Caller caller, Host& host) override;
  void cancelled(Caller caller, Host&) override { waiting_.take(caller); }
  void client_gone(std::uint64_t client, Host&) override { waiting_.drop_client(client); }

 private:
  using Status = protocol::Status;
  Status set(MethodCall& call);
  Status clear(MethodCall& call);
  Status is_set(MethodCall& call);
  Status wait(MethodCall& call);

  static const Method<EventObject> kMethods[];
  bool set_ = false;
  WaitQueue<Nothing> waiting_;
};

}  // namespace share::manager
