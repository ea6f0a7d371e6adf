// Which server a floor talks to. A plain value.
#pragma once

#include <string_view>

namespace sharebench {

/// What a floor needs besides its own code. `slots`: an echo in shared memory, by how it waits.
enum class FloorService { none, zmq_echo, slots_spin, slots_spin_then_block, slots_block };

std::string_view name_of(FloorService service) noexcept;
/// @throws share::Error for a name that none has.
FloorService parse_floor_service(std::string_view name);

}  // namespace sharebench
