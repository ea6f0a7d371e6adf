// One request that a Dispatcher is answering.
#pragma once

#include <share/manager/dispatcher.hpp>
#include <string_view>

namespace share::manager {

struct Dispatcher::Call {
  const protocol::Header& header;
  std::string_view identity;  ///< of the client
  msgpack::Reader arguments;
  msgpack::Writer& reply;

  /// To be called when the arguments are read and valid, before the results are written.
  void accept() { accept(header.object); }
  void accept(std::uint64_t object) {
    protocol::write_header(reply, Status::ok, header.request, object);
  }
  /// The answer that something threw, with the beginning of its text: complete as it is.
  Status fail(std::string_view text) {
    protocol::write_header(reply, Status::failed, header.request, header.object);
    reply.text(text.substr(0, kMaxReasonBytes));
    return Status::ok;
  }
  static constexpr std::size_t kMaxReasonBytes = 1024;
};

}  // namespace share::manager
