#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <limits>
#include <optional>
#include <share/core/element.hpp>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/owner.hpp>
#include <share/manager/protocol.hpp>

#include "control_channel.hpp"
#include "socket_file.hpp"
#include "spawn.hpp"

namespace share::manager {

using protocol::Operation;
using protocol::Status;

class ServerProcess::Process {
 public:
  explicit Process(const ServerProcessOptions& options) : options_(options) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { stop(); }

  // Apart from the constructor, so that a start that fails half-way is cleaned up like any other.
  void start() {
    std::string endpoint =
        options_.endpoint.empty() ? private_endpoint(options_.transport) : options_.endpoint;
    check_endpoint(options_.transport, endpoint);
    if (options_.encrypt && options_.transport == Transport::shm) {
      throw BadAddress(endpoint, "ipc or tcp: what passes in shared memory is not encrypted");
    }
    socket_path_ = socket_path(endpoint);
    // Opened by the owner on itself: it cannot be mistaken, however soon the owner dies.
    const ProcessWatch owner = ProcessWatch::of(::getpid());
    pid_ = spawn_server(options_.server_command, {.endpoint = endpoint,
                                                  .control = control_.server_end(),
                                                  .owner = owner.descriptor(),
                                                  .max_object_bytes = options_.max_object_bytes,
                                                  .waiting = options_.waiting,
                                                  .encrypt = options_.encrypt,
                                                  .heartbeat = options_.heartbeat});
    control_.close_server_end();
    server_ = ProcessWatch::of(pid_);
    const StartupReport report = control_.report(options_.start_timeout);
    endpoint = endpoint_of(report);
    const auto started = process_start_time(pid_);
    if (!started) throw Error("manager server: ended as soon as it served");
    address_ = format_address({endpoint, ServerIdentity{pid_, *started}, report.key});
  }

  pid_t pid() const noexcept { return pid_; }
  const std::string& address() const noexcept { return address_; }

  void add_elements(std::string_view name, char type_code, const std::size_t* size) {
    const char code = element_code(type_code);
    const std::string_view type(&code, 1);
    add(size == nullptr ? Operation::create_value : Operation::create_array, name, type,
        [&](msgpack::Writer& request) {
          if (size != nullptr) request.unsigned_integer(*size);
        });
  }

  void add_served(std::string_view name, std::string_view class_name,
                  const Datum::List& arguments) {
    add(Operation::create_object, name, class_name,
        [&](msgpack::Writer& request) { write_datum(request, Datum(arguments)); });
  }

  void stop() noexcept {
    if (pid_ == 0 || ::getpid() != maker_) return;
    if (server_) {
      end_server();
    } else {
      ::kill(pid_,
             SIGKILL);  // no descriptor was left to watch it with; not reaped yet, so still it
    }
    reap();
    if (!socket_path_.empty()) remove_socket_leftovers(socket_path_);
    pid_ = 0;
  }

 private:
  template <class WriteRest>
  void add(Operation operation, std::string_view name, std::string_view type,
           WriteRest write_rest) {
    if (pid_ == 0) {
      throw ServerGone(shown(), protocol::name_of(operation), RemoteError::Applied::no);
    }
    msgpack::Writer& request = control_.begin(operation);
    request.text(name);
    request.text(type);
    write_rest(request);
    // What does not fit the channel need not be sent to be refused.
    const Status status = request.size() > kMaxControlBytes
                              ? Status::too_large
                              : control_.call(shown(), options_.call_timeout);
    if (status == Status::ok) return;
    if (status == Status::object_exists) throw ObjectExists(name, shown());
    throw CallRefused(protocol::name_of(status), static_cast<int>(status), shown(),
                      protocol::name_of(operation));
  }

  std::string shown() const { return without_key(address_); }

  void end_server() noexcept {
    control_.ask_to_end();
    if (server_->ends_within(options_.ask_timeout)) return;
    server_->send(SIGTERM);
    if (server_->ends_within(options_.terminate_timeout)) return;
    server_->send(SIGKILL);
    // Longer only in a system call that cannot be interrupted: then better a zombie than a hang.
    server_->ends_within(options_.kill_timeout);
  }

  void reap() noexcept {
    const int unless_ended = server_ ? WNOHANG : 0;
    while (::waitpid(pid_, nullptr, unless_ended) < 0 && errno == EINTR) {
    }
  }

  ServerProcessOptions options_;
  pid_t maker_ = ::getpid();
  ControlChannel control_;
  std::string socket_path_;  // empty: no file
  pid_t pid_ = 0;
  std::optional<ProcessWatch> server_;
  std::string address_;
};

ServerProcess::ServerProcess(const ServerProcessOptions& options)
    : process_(std::make_unique<Process>(options)) {
  process_->start();
}
ServerProcess::ServerProcess(ServerProcess&&) noexcept = default;
ServerProcess& ServerProcess::operator=(ServerProcess&&) noexcept = default;
ServerProcess::~ServerProcess() = default;

pid_t ServerProcess::pid() const noexcept { return process_->pid(); }
const std::string& ServerProcess::address() const noexcept { return process_->address(); }
void ServerProcess::add_value(std::string_view name, char type_code) {
  process_->add_elements(name, type_code, nullptr);
}
void ServerProcess::add_array(std::string_view name, char type_code, std::size_t size) {
  process_->add_elements(name, type_code, &size);
}
void ServerProcess::add_served(std::string_view name, std::string_view class_name,
                               const Datum::List& arguments) {
  process_->add_served(name, class_name, arguments);
}
void ServerProcess::stop() noexcept { process_->stop(); }

}  // namespace share::manager
