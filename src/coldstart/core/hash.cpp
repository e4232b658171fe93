#include "coldstart/core/hash.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL  // header only: nothing to link
#include <xxhash.h>

namespace coldstart {

struct Hasher::State {
  XXH3_state_t xxh;
};

Hasher::Hasher() : state_(std::make_unique<State>()) { XXH3_64bits_reset(&state_->xxh); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::add(const void* bytes, size_t count) {
  XXH3_64bits_update(&state_->xxh, bytes, count);
  return *this;
}

uint64_t Hasher::digest() const { return XXH3_64bits_digest(&state_->xxh); }

uint64_t content_hash(const void* bytes, size_t count) { return XXH3_64bits(bytes, count); }

std::string hash_text(uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace coldstart
