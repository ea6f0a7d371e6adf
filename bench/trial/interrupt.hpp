// Interrupts of the user: the first SIGINT or SIGTERM asks to finish the trial and stop, the second
// to stop now. The handler only counts; system calls are not restarted, so every wait sees it.
#pragma once

namespace sharebench {

void install_interrupt_handler();
/// How many interrupts have come.
int interrupts() noexcept;

}  // namespace sharebench
