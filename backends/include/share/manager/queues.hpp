// Proxies of a manager's queues: RemoteQueue and RemoteJoinableQueue, after Python's. Items come
// out in the order in which they went in. A get is two calls: the server keeps the item until the
// taker has confirmed that it arrived. When the taker is killed before, or gives up, the item goes
// back to the front: none is given to two processes, and none is lost that get() had not as good as
// returned. Every wait has a limit. A proxy shares the connection of the backend it came from and
// belongs to the same process and thread. Calls throw QueueEmpty, QueueFull, QueueClosed and the
// errors of client.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <share/manager/containers.hpp>
#include <string_view>
#include <utility>

namespace share::manager {

class RemoteQueue : public RemoteObject {
 public:
  static constexpr std::string_view kClass = "queue";
  RemoteQueue(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteQueue(std::move(connection), which, kClass) {}

  /// Waits for the connection's timeout. @throws QueueFull, QueueClosed.
  void put(Datum item) { put_for(timeout(), std::move(item)); }
  void put_for(std::chrono::nanoseconds limit, Datum item) {
    Datum::List arguments;
    arguments.push_back(std::move(item));
    wait_in("put", std::move(arguments), limit);
  }
  void try_put(Datum item) { put_for(std::chrono::nanoseconds(0), std::move(item)); }

  /// Waits for the connection's timeout. @throws QueueEmpty, QueueClosed.
  Datum get() { return get_for(timeout()); }
  Datum get_for(std::chrono::nanoseconds limit) {
    Datum item = wait_in("get", {}, limit);
    call("confirm", {last_request()});
    return item;
  }
  Datum try_get() { return get_for(std::chrono::nanoseconds(0)); }

  /// Nothing can be put any more; what is in it can be taken.
  void close() { call("close"); }
  std::int64_t size() const { return number("len"); }
  bool empty() const { return size() == 0; }
  bool full() const {
    const std::int64_t most = max_size();
    return most != 0 && size() >= most;
  }
  /// 0: no limit.
  std::int64_t max_size() const { return number("maxsize"); }

 protected:
  RemoteQueue(std::shared_ptr<Connection> connection, const Which& which,
              std::string_view class_name)
      : RemoteObject(std::move(connection), which, class_name) {}
};

/// Counts the items that are finished, too.
class RemoteJoinableQueue : public RemoteQueue {
 public:
  static constexpr std::string_view kClass = "joinable_queue";
  RemoteJoinableQueue(std::shared_ptr<Connection> connection, const Which& which)
      : RemoteQueue(std::move(connection), which, kClass) {}

  /// An item that was taken is finished. @throws NotHeld when more are than were put.
  void task_done() { call("task_done"); }
  /// False when some item was not finished in time.
  bool join_for(std::chrono::nanoseconds limit) { return wait_in("join", {}, limit).get<bool>(); }
};

}  // namespace share::manager
