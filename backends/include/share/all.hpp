// The one list of backends. It feeds the registry of the harness, the contract tests, `sharebench
// list` and the order of the charts. A new backend is one header and one line here.
#pragma once

#include <share/atomic/atomic.hpp>
#include <share/contract.hpp>
#include <share/mutex/boost.hpp>
#include <share/mutex/flock.hpp>
#include <share/mutex/futex.hpp>
#include <share/mutex/getset.hpp>
#include <share/mutex/mcs.hpp>
#include <share/mutex/pthread.hpp>
#include <share/mutex/robust.hpp>
#include <share/mutex/robust_futex.hpp>
#include <share/mutex/semaphore.hpp>
#include <share/mutex/spin.hpp>
#include <share/mutex/ticket.hpp>
#include <share/null/null.hpp>
#include <share/raw/raw.hpp>
#include <share/sharded/sharded.hpp>
#if SHARE_HAS_ZEROMQ
#include <share/manager/getset.hpp>
#include <share/manager/ipc.hpp>
#include <share/manager/shm.hpp>
#include <share/manager/tcp.hpp>
#endif

namespace share {

using AllBackends = BackendList<  //
    null::Null,                   //
    raw::Raw,                     //
    atomic::Atomic,               //
    sharded::Sharded,             //
    mutex::Robust,                //
    mutex::Pthread,               //
    mutex::Boost,                 //
    mutex::Futex,                 //
    mutex::RobustFutex,           //
    mutex::Semaphore,             //
    mutex::Spin,                  //
    mutex::Ticket,                //
    mutex::Mcs,                   //
    mutex::Flock,                 //
    mutex::GetSet
#if SHARE_HAS_ZEROMQ
    ,
    manager::Ipc,       //
    manager::Tcp,       //
    manager::Shm,       //
    manager::ShmSpin,   //
    manager::ShmBlock,  //
    manager::GetSet
#endif
    >;

}  // namespace share
