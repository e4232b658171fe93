// Implementation of parallel_for (a template); include parallel.h instead.
#pragma once

#include <algorithm>
#include <type_traits>

namespace coldstart {

namespace detail {

// Calls call(context, k) for k = 0 .. chunks-1 on up to thread_count() threads; returns when all
// are done.
void run_chunks(int64_t chunks, void (*call)(void* context, int64_t k), void* context);

}  // namespace detail

template <class Fn>
void parallel_for(int64_t n, int64_t chunk, Fn&& fn) {
  const auto run = [&](int64_t k) { fn(k * chunk, std::min(n, (k + 1) * chunk), k); };
  detail::run_chunks((n + chunk - 1) / chunk,
                     [](void* context, int64_t k) {
                       (*static_cast<std::remove_const_t<decltype(run)>*>(context))(k);
                     },
                     const_cast<void*>(static_cast<const void*>(&run)));
}

}  // namespace coldstart
