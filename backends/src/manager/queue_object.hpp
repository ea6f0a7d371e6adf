// Queue and JoinableQueue of a manager: first in, first out, with or without a limit. An item that
// was taken stays in the server until its taker confirms that it has arrived: when the taker ends
// or gives up before, the item goes back to the front. See docs/manager.md for the methods.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <share/manager/served.hpp>

#include "wait_queue.hpp"

namespace share::manager {

class QueueObject final : public Served {
 public:
  /// @param most items in it; 0: no limit. @param joinable with `task_done` and `join`.
  QueueObject(std::size_t most, bool joinable) noexcept : most_(most), joinable_(joinable) {}
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return items_.size(); }
  void timed_out(Caller caller, Host& host) override;
  void cancelled(Caller caller, Host& host) override;
  void client_gone(std::uint64_t client, Host& host) override;
  void dropped(Room& room) noexcept override;

 private:
  using Status = protocol::Status;
  Status put(MethodCall& call);
  Status get(MethodCall& call);
  Status confirm(MethodCall& call);
  Status len(MethodCall& call);
  Status most(MethodCall& call);
  Status close(MethodCall& call);
  Status task_done(MethodCall& call);
  Status join(MethodCall& call);

  bool has_room() const noexcept { return most_ == 0 || items_.size() < most_; }
  // Also not from a taker that has not confirmed.
  bool none_can_come() const noexcept { return closed_ && items_.empty() && taken_.empty(); }
  Status confirm_taken(Caller caller, Host& host);
  void refuse_getters(Waits& waits);
  void add(Datum item);
  // The first item, which stays here until it is confirmed.
  Datum take_for(Caller caller);
  void put_back(std::map<Caller, Datum>::iterator taken);
  // Serves the calls that wait, as far as there are items and room.
  void settle(Waits& waits);

  static const Method<QueueObject> kMethods[];
  std::size_t most_;
  bool joinable_;
  bool closed_ = false;
  std::uint64_t unfinished_ = 0;
  std::deque<Datum> items_;
  std::map<Caller, Datum> taken_;  // and not confirmed
  WaitQueue<Datum> putting_;
  WaitQueue<Nothing> getting_;
  WaitQueue<Nothing> joining_;
};

}  // namespace share::manager
