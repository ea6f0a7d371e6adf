// The floors of manager.shm and its variants: see slots.hpp.
#pragma once

#include <memory>
#include <share/manager/protocol.hpp>
#include <share/manager/shm.hpp>
#include <string>

#include "bench/floors/floor.hpp"
#include "bench/floors/slots.hpp"

namespace sharebench {

template <share::manager::Waiting How>
struct IncrementFloor<share::manager::ManagerBackend<share::manager::ShmVariant<How>>> {
  static constexpr bool kExists = true;
  static constexpr bool kSameObject = false;
  static constexpr bool kPipelines = false;
  static constexpr FloorService kService =
      How == share::manager::Waiting::spin    ? FloorService::slots_spin
      : How == share::manager::Waiting::block ? FloorService::slots_block
                                              : FloorService::slots_spin_then_block;
  template <class Counter>
  IncrementFloor(Counter&, const std::string& address, std::uint32_t)
      : client_(address.empty() ? nullptr
                                : std::make_unique<SlotClient>(address, waiting_of(kService))) {}
  void run(std::uint64_t calls) {
    for (std::uint64_t i = 0; i < calls; ++i) client_->call(kAddBytes);
  }

 private:
  static constexpr std::size_t kAddBytes = share::manager::protocol::kHeaderBytes + 1;
  std::unique_ptr<SlotClient> client_;  // none when this trial measures no floor
};

}  // namespace sharebench
