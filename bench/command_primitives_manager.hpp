#pragma once

namespace sharebench {

/// Adds the rows of `primitives` that need a manager's server, see the .cpp file.
void register_manager_primitives();

}  // namespace sharebench
