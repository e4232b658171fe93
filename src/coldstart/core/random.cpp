#include "coldstart/core/random.h"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace coldstart {

namespace {
__extension__ using Uint128 = unsigned __int128;
}

std::array<uint32_t, 4> Rng::block(uint64_t index) const {
  const r123::Philox4x32::ctr_type counter = {
      {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), stream_, substream_}};
  const r123::Philox4x32::key_type key = {
      {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)}};
  const r123::Philox4x32::ctr_type r = r123::Philox4x32{}(counter, key);
  return {r[0], r[1], r[2], r[3]};
}

uint64_t Rng::bits(uint64_t index) const {
  const auto b = block(index);
  return uint64_t{b[0]} | uint64_t{b[1]} << 32;
}

double Rng::uniform(uint64_t index) const {
  return static_cast<double>(bits(index) >> 11) * 0x1.0p-53;
}

double Rng::normal(uint64_t index) const {
  const auto b = block(index);
  const uint64_t first = uint64_t{b[0]} | uint64_t{b[1]} << 32;
  const uint64_t second = uint64_t{b[2]} | uint64_t{b[3]} << 32;
  const double u = (static_cast<double>(first >> 11) + 0.5) * 0x1.0p-53;  // (0, 1)
  const double v = static_cast<double>(second >> 11) * 0x1.0p-53;
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

uint64_t Rng::below(uint64_t index, uint64_t n) const {
  return static_cast<uint64_t>((static_cast<Uint128>(bits(index)) * n) >> 64);
}

}  // namespace coldstart
