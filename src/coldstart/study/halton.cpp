#include "coldstart/study/halton.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coldstart/core/error.h"

namespace coldstart::study {

namespace {

std::vector<int64_t> first_primes(int64_t count) {
  std::vector<int64_t> primes;
  for (int64_t n = 2; std::ssize(primes) < count; ++n)
    if (std::ranges::none_of(primes, [n](int64_t p) { return n % p == 0; })) primes.push_back(n);
  return primes;
}

// The permutations of a dimension; b - 1 random numbers for each digit place.
class Scramble {
 public:
  Scramble(uint64_t seed, int64_t dimension, int64_t base)
      : rng_(seed, kStudyStream, narrow<uint32_t>(dimension)),
        base_(base),
        order_(static_cast<size_t>(base)) {}

  int64_t digit(int64_t place, int64_t digit) {  // Fisher-Yates
    std::iota(order_.begin(), order_.end(), int64_t{0});
    const auto first = static_cast<uint64_t>(place * (base_ - 1));
    for (int64_t i = base_ - 1; i > 0; --i) {
      const auto j = rng_.below(first + static_cast<uint64_t>(i - 1), static_cast<uint64_t>(i + 1));
      std::swap(order_[static_cast<size_t>(i)], order_[static_cast<size_t>(j)]);
    }
    return order_[static_cast<size_t>(digit)];
  }

 private:
  Rng rng_;
  int64_t base_;
  std::vector<int64_t> order_;
};

double coordinate(uint64_t seed, int64_t index, int64_t dimension, int64_t base) {
  Scramble scramble(seed, dimension, base);
  double value = 0, weight = 1;
  int64_t rest = index + 1;
  // Leading zeros are digits too, and their permutations make the point; 1e-9 is what is left of
  // it.
  for (int64_t place = 0; rest > 0 || weight > 1e-9; ++place) {
    weight /= static_cast<double>(base);
    value += weight * static_cast<double>(scramble.digit(place, rest % base));
    rest /= base;
  }
  return value;
}

}  // namespace

std::vector<double> halton_point(uint64_t seed, int64_t index, int64_t dimensions) {
  COLDSTART_CHECK(dimensions <= kMaxDimensions && index >= 0, "no point {} in {} dimensions", index,
                  dimensions);
  static const std::vector<int64_t> primes = first_primes(kMaxDimensions);
  std::vector<double> point;
  for (int64_t j = 0; j < dimensions; ++j)
    point.push_back(coordinate(seed, index, j, primes[static_cast<size_t>(j)]));
  return point;
}

double l2_star_discrepancy(const std::vector<std::vector<double>>& points) {
  const auto n = static_cast<double>(points.size());
  double once = 0, twice = 0;
  for (const auto& x : points) {
    double product = 1;
    for (const double u : x) product *= (1 - u * u) / 2;
    once += product;
    for (const auto& y : points) {
      double pair = 1;
      for (size_t j = 0; j < x.size(); ++j) pair *= 1 - std::max(x[j], y[j]);
      twice += pair;
    }
  }
  const auto d = static_cast<double>(points.front().size());
  return std::sqrt(std::max(0.0, std::pow(3.0, -d) - 2 / n * once + twice / (n * n)));
}

}  // namespace coldstart::study
