// Memory for what must not fail: allocations in destructors while an exception unwinds the stack.
//
// An allocation that fails throws std::bad_alloc. While an exception is already on its way, a second one out of a
// destructor ends the process. Asio's coroutines allocate there: an operation that finds no memory to begin destroys
// its coroutine by posting that to the executor. With the reserve such an allocation takes from memory set aside, and
// waits for other threads to free some if that is used up. All other allocations fail as ever.
#pragma once

namespace segue {

// Sets the memory aside and installs the handler of failed allocations (std::set_new_handler), once.
void reserve_memory_for_unwinding();
// Sets it aside again if it was used; for somebody who comes by now and then. Thread safe.
void refill_memory_reserve();

}  // namespace segue
