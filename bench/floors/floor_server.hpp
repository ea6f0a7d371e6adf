// FloorServer: the server process behind a floor that needs one, owned by the coordinator for one
// trial. Killed and reaped in the destructor; nothing of it is left.
#pragma once

#include <optional>
#include <share/core/child_process.hpp>
#include <share/core/segment.hpp>
#include <string>
#include <vector>

#include "bench/floors/floor_service.hpp"

namespace sharebench {

class FloorServer {
 public:
  /// @throws share::Error when the server does not come up.
  explicit FloorServer(FloorService service);
  pid_t pid() const noexcept { return process_->pid(); }
  /// What clients take, in processes that inherited the descriptors.
  const std::string& address() const noexcept { return address_; }
  std::vector<int> inherited_descriptors() const;

 private:
  std::optional<share::Segment> slots_;
  std::optional<share::ChildProcess> process_;
  std::string address_;
};

/// What the process becomes. Writes its address and a newline to `ready_descriptor`, then serves
/// until it is killed. @param memory descriptor of the slots; -1 where there are none.
int serve_floor(FloorService service, int ready_descriptor, int memory);

}  // namespace sharebench
