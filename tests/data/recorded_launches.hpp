// How launches of one program differ on a real machine: ln(time / median of the cell) of every valid
// trial of `increment` with exact backends, 1 and 2 processes, in one run of the profile quick (two
// virtual cores of a shared host, 2026-11-25; 9 blocks a cell). Simulations draw from it.
#pragma once

namespace sharebench::test {

inline constexpr double kSerialLaunches[] = {
    0.0642, 0.015, -0.1174, -0.06, 0, -0.0347, -0.0528, 0.0872, 0.0156, 0.0779, 0.0531, -0.0631,
    -0.0449, 0.029, 0, -0.0138, 0.1051, -0.0342, 0.0432, 0, 0.0476, -0.0754, -0.052, -0.0272,
    0.0228, 0.0514, -0.002,
};

inline constexpr double kContendedLaunches[] = {
    -0.0798, -0.0496, -0.0432, 0, 0.0556, 0.0013, 0.0036, -0.0272, 0.0023, 0.015, -0.0468, 0.0132,
    0.057, 0, -0.0886, -0.2064, -0.2587, 0.0209, 0, -0.0124, -0.0596, -0.0058, 0.0409, 0.0548,
    -0.0142, 0.0061, 0.0517,
};

inline constexpr double kRemoteLaunches[] = {
    -0.0039, 0, 0.0227, 0.0731, 0.0355, 0.1203, -0.1085, -0.1321, -0.1677, 0.1518, 0.024, -0.1451,
    -0.0812, 0, -0.089, -0.0356, 0.0843, 0.1011, 0.0952, 0, 0.1054, -0.0034, 0.0912, -0.0267,
    -0.0672, 0.0116, -0.0999, 0, -0.0003, 0.0204, -0.1358, -0.0203, 0.0321, -0.032, 0.0381,
    0.1408,
};

}  // namespace sharebench::test
