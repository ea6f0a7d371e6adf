// Many calls in flight: a RemotePipeline sends calls without waiting for the answers of those
// before, up to a window of so many, which hides the round trip. The server carries them out in
// order, each by itself; other clients' calls come between. It shares a connection, which can make
// no other calls until finish() has returned, and belongs to the same process and thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <share/core/element.hpp>
#include <share/manager/client.hpp>
#include <share/manager/containers.hpp>
#include <share/manager/proxies.hpp>
#include <string_view>
#include <utility>

namespace share::manager {

/// As many answers as may wait for a client; beyond that the server drops them.
inline constexpr std::size_t kMaxWindow = 4096;

class RemotePipeline {
 public:
  /// Gets the answer to call number `call`, counted from 0. Called while other calls are sent or
  /// finish() waits; must not use the connection. What reads references (read_datum()) needs
  /// keeper().
  using OnAnswer = std::function<void(std::uint64_t call, msgpack::Reader results)>;

  /// @param window calls in flight at most, 1 to kMaxWindow; else throws Error.
  RemotePipeline(std::shared_ptr<Connection> connection, std::size_t window, OnAnswer answer = {});
  RemotePipeline(const RemotePipeline&) = delete;
  RemotePipeline& operator=(const RemotePipeline&) = delete;
  /// Waits for what is in flight. What goes wrong here is lost, so call finish().
  ~RemotePipeline();

  template <Element T>
  void add(const RemoteCounter<T>& counter, T amount) {
    make_room();
    protocol::write_element(connection_->begin(protocol::Operation::add, counter.object_number()),
                            amount);
    post();
  }
  /// For methods that neither wait nor give something that has to be given back (a lock, an item of
  /// a queue). @throws CallTimedOut, ServerGone, as finish() does.
  void call(const RemoteObject& object, std::string_view method,
            const Datum::List& arguments = {}) {
    make_room();
    msgpack::Writer& request =
        connection_->begin(protocol::Operation::call, object.object_number());
    request.text(method);
    request.array_header(arguments.size());
    for (const Datum& argument : arguments) write_datum(request, argument);
    post();
  }

  /// Waits for all answers. @throws the error of the first call that was refused (those after it
  /// were carried out all the same), CallTimedOut or ServerGone.
  void finish();
  Keeper& keeper() const noexcept { return connection_->keeper(); }
  std::size_t in_flight() const noexcept { return posted_.size(); }

 private:
  void make_room() {
    while (posted_.size() >= window_) collect();
  }
  void post();
  void collect();
  void give_up() noexcept;

  struct Posted {
    std::uint64_t request, call;
  };
  std::shared_ptr<Connection> connection_;
  std::size_t window_;
  OnAnswer answer_;
  std::uint64_t calls_ = 0;
  std::deque<Posted> posted_;  // and not answered
  std::exception_ptr refusal_;
};

}  // namespace share::manager
