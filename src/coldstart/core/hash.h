// Content hashes: XXH3-64 (xxHash), as checksum of shards and as identity of datasets and studies.
//
// It finds accidents (flipped bits, cut files, mixed-up files), not attacks. Test:
// tests/core/hash_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace coldstart {

// The hash of all bytes given so far, in one stream.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hasher& add(const void* bytes, size_t count);
  Hasher& add(std::string_view text) { return add(text.data(), text.size()); }
  Hasher& add(uint64_t value) { return add(&value, sizeof value); }
  uint64_t digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

uint64_t content_hash(const void* bytes, size_t count);
std::string hash_text(uint64_t hash);  // 16 hexadecimal digits

}  // namespace coldstart
