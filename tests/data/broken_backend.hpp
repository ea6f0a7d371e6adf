// A backend that promises exact updates and loses some: what the harness must find out and refuse
// to rank. It is raw with a false promise.
#pragma once

#include <share/raw/raw.hpp>

namespace broken {

struct Policy : share::raw::Policy {
  static constexpr share::Traits traits{"broken.promise", share::Updates::exact,
                                        share::OnDeath::stateless, share::Atomicity::element,
                                        share::RunsIn::user};
  static std::string details() { return "raw, with a false promise"; }
};

using Broken = share::MemoryBackend<Policy>;
static_assert(share::Backend<Broken>);

}  // namespace broken
