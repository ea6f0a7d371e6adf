// What the next owner of a robust lock is told.
#pragma once

namespace share::mutex {

enum class Acquired {
  cleanly,
  from_the_dead,  ///< the last holder died; what it wrote may be incomplete
};

}  // namespace share::mutex
