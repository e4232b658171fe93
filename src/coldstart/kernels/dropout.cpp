#include "coldstart/kernels/dropout.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/random.h"

namespace coldstart::kernels {

namespace {
constexpr double kNumbers = 65536;
}

uint32_t Dropout::threshold() const {
  return static_cast<uint32_t>(std::clamp(std::round(rate * kNumbers), 0.0, kNumbers - 1));
}

double Dropout::scale() const { return 1 / (1 - threshold() / kNumbers); }

std::array<uint32_t, 2> Dropout::key(int64_t b) const {
  const uint64_t bits =
      Rng(seed, Stream::dropout, site).bits(static_cast<uint64_t>(first_sequence + b));
  return {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)};
}

std::array<uint32_t, kDropoutBlock> dropout_numbers(const std::array<uint32_t, 2>& key,
                                                    const std::array<uint32_t, 3>& counter) {
  const r123::Philox4x32::ctr_type r =
      r123::Philox4x32{}({{counter[0], counter[1], counter[2], 0}}, {{key[0], key[1]}});
  std::array<uint32_t, kDropoutBlock> numbers{};
  for (size_t k = 0; k < numbers.size(); ++k)
    numbers[k] = k % 2 == 0 ? r[k / 2] & 0xFFFF : r[k / 2] >> 16;
  return numbers;
}

}  // namespace coldstart::kernels
