// The ways to a manager's server that promise the same: what holds over one holds over each.
#pragma once

#include <gtest/gtest.h>

#include <share/manager/ipc.hpp>
#include <share/manager/shm.hpp>
#include <share/manager/tcp.hpp>

namespace share::manager {

using Transports = testing::Types<Ipc, Tcp, Shm>;
/// And each way of waiting.
using AllTransports = testing::Types<Ipc, Tcp, Shm, ShmSpin, ShmBlock>;

}  // namespace share::manager
