// Every floor, for the sources that bind workloads to backends.
#pragma once

#include "bench/floors/floor.hpp"
#include "bench/floors/memory.hpp"
#if SHARE_HAS_ZEROMQ
#include "bench/floors/echo.hpp"
#include "bench/floors/rings.hpp"
#endif
