// The exit codes of sharebench, as docs/results-format.md lists them.
#pragma once

namespace sharebench {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitRegression = 3;
inline constexpr int kExitPromiseBroken = 4;
inline constexpr int kExitNothingToDo = 5;
inline constexpr int kExitUntrusted = 6;     // with --strict
inline constexpr int kExitInconclusive = 7;  // of gate: inconclusive or insensitive
inline constexpr int kExitInterrupted = 130;

}  // namespace sharebench
