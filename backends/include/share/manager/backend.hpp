// A manager as a backend: the owner starts a server process that holds the objects, users call it.
// A variant says over which transport and with which proxies:
//
//   struct Variant {
//     static constexpr Traits traits;
//     static constexpr Transport transport;
//     static constexpr Waiting waiting;  // shm only
//     template <Element T> using Counter = ...;  // made from (shared_ptr<Connection>, name)
//     template <Element T> using Array = ...;    // made from (shared_ptr<Connection>, name, size)
//   };
//
// What is process-safe and who cleans up: see owner.hpp and client.hpp, whose errors it throws.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <share/contract.hpp>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>
#include <share/manager/batch.hpp>
#include <share/manager/client.hpp>
#include <share/manager/creating.hpp>
#include <share/manager/owner.hpp>
#include <share/manager/pipeline.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace share::manager {

/// "libzmq 4.3.4"
std::string library_version();

/// The owner of every variant.
class ManagerOwner : public Creating<ManagerOwner> {
 public:
  explicit ManagerOwner(const ServerProcessOptions& options) : server_(options) {}

  std::string address() const { return server_.address(); }
  /// None: users connect.
  std::vector<int> inherited_descriptors() const { return {}; }
  std::vector<pid_t> server_pids() const { return {server_.pid()}; }

 private:
  friend Creating<ManagerOwner>;
  void make_value(std::string_view name, char type_code) { server_.add_value(name, type_code); }
  void make_array(std::string_view name, char type_code, std::size_t size) {
    server_.add_array(name, type_code, size);
  }
  void make_object(std::string_view name, std::string_view class_name,
                   const Datum::List& arguments) {
    server_.add_served(name, class_name, arguments);
  }

  ServerProcess server_;
};

template <class Variant>
class ManagerBackend : public Creating<ManagerBackend<Variant>> {
 public:
  using Owner = ManagerOwner;
  static constexpr Traits traits = Variant::traits;
  static std::string details() {
    if constexpr (requires { Variant::waiting; }) {
      return std::string("waiting: ").append(name_of(Variant::waiting));
    } else {
      return library_version();
    }
  }

  /// Starts the server on a private endpoint.
  static Owner create(const CreateOptions& options) {
    ServerProcessOptions server;
    server.transport = Variant::transport;
    if constexpr (requires { Variant::waiting; }) server.waiting = Variant::waiting;
    server.server_command = options.server_command;
    // The announced elements and as much again for whatever else users make.
    server.max_object_bytes = std::max(server.max_object_bytes, 2 * options.payload_bytes);
    return Owner(server);
  }

  static ManagerBackend open(const std::string& address) {
    const std::string_view scheme = name_of(Variant::transport);
    if (!parse_address(address).endpoint.starts_with(scheme)) {
      throw BadAddress(address, std::string("manager:").append(scheme).append("://..."));
    }
    return ManagerBackend(std::make_shared<Connection>(address));
  }

  template <Element T>
  typename Variant::template Counter<T> value(const Which& which) {
    return {connection_, which};
  }
  template <Element T>
  typename Variant::template Array<T> array(const Which& which, std::size_t size) {
    return {connection_, which, size};
  }

  RemoteList list(const Which& which) { return {connection_, which}; }
  RemoteDict dict(const Which& which) { return {connection_, which}; }
  RemoteSet set(const Which& which) { return {connection_, which}; }
  RemoteNamespace attributes(const Which& which) { return {connection_, which}; }
  RemoteQueue queue(const Which& which) { return {connection_, which}; }
  RemoteJoinableQueue joinable_queue(const Which& which) { return {connection_, which}; }
  RemoteLock lock(const Which& which) { return {connection_, which}; }
  RemoteRLock rlock(const Which& which) { return {connection_, which}; }
  RemoteCondition condition(const Which& which) { return {connection_, which}; }
  RemoteSemaphore semaphore(const Which& which) { return {connection_, which}; }
  RemoteBoundedSemaphore bounded_semaphore(const Which& which) { return {connection_, which}; }
  RemoteEvent event(const Which& which) { return {connection_, which}; }
  RemoteBarrier barrier(const Which& which) { return {connection_, which}; }
  /// Of any class, to be called by method names; or a proxy class made like the others.
  template <class Proxy = RemoteObject>
  Proxy object(const Which& which, std::string_view class_name) {
    return {connection_, which, class_name};
  }

  // Objects without names, which live as long as anything refers to them: a proxy, or a reference
  // in a container.
  template <class Proxy>
  Proxy new_object(const Datum::List& arguments = {}) {
    return {connection_, connection_->new_object(Proxy::kClass, arguments)};
  }
  RemoteObject new_object(std::string_view class_name, const Datum::List& arguments = {}) {
    return {connection_, connection_->new_object(class_name, arguments), class_name};
  }
  template <Element T>
  typename Variant::template Counter<T> new_value() {
    return {connection_, connection_->new_value(type_code<T>())};
  }
  template <Element T>
  typename Variant::template Array<T> new_array(std::size_t size) {
    return {connection_, connection_->new_array(type_code<T>(), size), size};
  }
  /// The object lives on while anything refers to it. @throws NoSuchObject.
  void remove(std::string_view name) { connection_->remove_name(name); }

  RemoteBatch batch() { return RemoteBatch(connection_); }
  /// @param window calls in flight at most.
  RemotePipeline pipeline(std::size_t window, RemotePipeline::OnAnswer answer = {}) {
    return RemotePipeline(connection_, window, std::move(answer));
  }

  /// For each call of this backend's proxies.
  void set_timeout(std::chrono::nanoseconds timeout) { connection_->set_timeout(timeout); }
  /// See Connection.
  void set_retries(int retries) { connection_->set_retries(retries); }

 private:
  friend Creating<ManagerBackend>;
  void make_value(std::string_view name, char type_code) {
    connection_->create_value(name, type_code);
  }
  void make_array(std::string_view name, char type_code, std::size_t size) {
    connection_->create_array(name, type_code, size);
  }
  void make_object(std::string_view name, std::string_view class_name,
                   const Datum::List& arguments) {
    connection_->create_object(name, class_name, arguments);
  }

  explicit ManagerBackend(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  std::shared_ptr<Connection> connection_;
};

}  // namespace share::manager
