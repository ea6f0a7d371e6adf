// Semaphore and BoundedSemaphore of a manager. Units that a client has acquired and not released
// come back when it ends. See docs/manager.md for the methods.
#pragma once

#include <cstdint>
#include <map>
#include <share/manager/served.hpp>

#include "wait_queue.hpp"

namespace share::manager {

class SemaphoreObject final : public Served {
 public:
  /// @param bounded never more units than at the start.
  SemaphoreObject(std::int64_t units, bool bounded) noexcept
      : free_(units), most_(bounded ? units : INT64_MAX) {}
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return static_cast<std::size_t>(free_); }
  void timed_out(Caller caller, Host& host) override;
  void cancelled(Caller caller, Host& host) override;
  void client_gone(std::uint64_t client, Host& host) override;

 private:
  using Status = protocol::Status;
  struct Held {
    std::int64_t units = 0;
    std::uint64_t last_request = 0;
  };
  Status acquire(MethodCall& call);
  Status release(MethodCall& call);
  Status value(MethodCall& call);

  void give_to(Caller caller);
  void take_back(std::uint64_t client, std::int64_t units) noexcept;
  void add(std::int64_t units, Waits& waits);
  std::int64_t held() const noexcept;

  static const Method<SemaphoreObject> kMethods[];
  std::int64_t free_;
  std::int64_t most_;
  std::map<std::uint64_t, Held> held_;  // by client
  WaitQueue<Nothing> waiting_;
};

}  // namespace share::manager
