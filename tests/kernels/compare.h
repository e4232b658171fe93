// Harness for "fast against reference": one operation, written once as a lambda over a Workspace,
// is run by the reference in float64 (the oracle) and by the kernels under test in float32, from
// the same numbers. Checked: every output close to the oracle, row by row; outputs wholly written
// (they start as NaN); nothing written outside a tensor (guard zones) or to an input; the same
// bytes with 1, 2 and 3 threads. Tensors deliberately start one element off the 64-byte boundary,
// as fused weights and row ranges do. The harness itself is tested in compare_test.cpp.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels {

// Value of element i of an input, from a standard normal number z.
using Generator = std::function<double(double z, int64_t i)>;

// Named tensors of one element type. Values depend on the name and the index only, and are exactly
// representable in float32, so two workspaces of different types hold the same numbers.
class Workspace {
 public:
  explicit Workspace(DType dtype) : dtype_(dtype) {}

  DType dtype() const { return dtype_; }
  // The oracle at this workspace's type: prepares what a backward pass is given (rstd, lse, ...).
  Kernels& oracle() { return *oracle_; }

  Tensor input(const std::string& name, std::initializer_list<int64_t> shape,
               const Generator& value = {}) {
    return random(name, shape, Kind::input, value);
  }
  Tensor in_out(const std::string& name, std::initializer_list<int64_t> shape,
                const Generator& value = {}) {
    return random(name, shape, Kind::output, value);
  }
  // NaN everywhere: whatever an operation forgets to write shows.
  Tensor output(const std::string& name, std::initializer_list<int64_t> shape) {
    return poisoned(name, shape, Kind::output);
  }
  // Not compared and not protected.
  Tensor scratch(const std::string& name, std::initializer_list<int64_t> shape) {
    return poisoned(name, shape, Kind::scratch);
  }
  // A number that the operation returned.
  void result(const std::string& name, double value) { results_[name] = value; }

  Tensor operator[](const std::string& name) const { return buffers_.at(name).view; }

  void expect_memory_intact() const {
    for (const auto& [name, b] : buffers_) {
      const auto guarded = [](std::byte value) { return value == kGuard; };
      EXPECT_TRUE(std::all_of(b.memory.begin(), b.memory.begin() + b.begin, guarded))
          << "written before " << name << " " << b.view.shape_text();
      EXPECT_TRUE(std::all_of(b.memory.begin() + b.begin + b.view.bytes(), b.memory.end(), guarded))
          << "written behind " << name << " " << b.view.shape_text();
      if (b.kind == Kind::input) {
        EXPECT_EQ(std::memcmp(b.view.raw(), b.original.data(), b.original.size()), 0)
            << "input " << name << " was written";
      }
    }
  }

  void expect_close_to(const Workspace& expected, double tolerance) const {
    for (const auto& [name, b] : buffers_) {
      if (b.kind == Kind::output) expect_close(name, b.view, expected[name], tolerance);
    }
    for (const auto& [name, value] : results_) {
      const double want = expected.results_.at(name);
      EXPECT_NEAR(value, want, tolerance * std::abs(want)) << name;
    }
  }

  void expect_same_bytes_as(const Workspace& other) const {
    for (const auto& [name, b] : buffers_) {
      if (b.kind != Kind::output) continue;
      EXPECT_EQ(std::memcmp(b.view.raw(), other[name].raw(), static_cast<size_t>(b.view.bytes())),
                0)
          << name << " depends on the number of threads";
    }
    for (const auto& [name, value] : results_) {
      EXPECT_EQ(std::memcmp(&value, &other.results_.at(name), sizeof value), 0)
          << name << " depends on the number of threads";
    }
  }

  // max |got - want| <= tolerance * (largest |want| of the row, at least a tenth of the tensor's).
  static void expect_close(const std::string& name, Tensor got, Tensor want, double tolerance) {
    ASSERT_EQ(got.shape_text(), want.shape_text()) << name;
    double tensor_scale = 0;
    for (int64_t i = 0; i < want.size(); ++i) {
      tensor_scale = std::max(tensor_scale, std::abs(want.at(i)));
    }
    const int64_t cols = want.cols();
    for (int64_t first = 0; first < want.size(); first += cols) {
      double scale = 0.1 * tensor_scale;
      for (int64_t i = first; i < first + cols; ++i) scale = std::max(scale, std::abs(want.at(i)));
      for (int64_t i = first; i < first + cols; ++i) {
        ASSERT_LE(std::abs(got.at(i) - want.at(i)), tolerance * scale)  // false for NaN
            << name << "[" << i << "] of " << want.shape_text() << " is " << got.at(i)
            << ", expected " << want.at(i);
      }
    }
  }

 private:
  enum class Kind { input, output, scratch };
  struct Buffer {
    std::vector<std::byte> memory;
    int64_t begin = 0;  // of the view, in bytes
    Tensor view;
    Kind kind = Kind::input;
    std::vector<std::byte> original;
  };
  static constexpr std::byte kGuard{0xA5};
  static constexpr int64_t kGuardBytes = 256;

  Buffer& allocate(const std::string& name, std::initializer_list<int64_t> shape, Kind kind) {
    const auto [at, is_new] = buffers_.try_emplace(name);
    COLDSTART_CHECK(is_new, "two tensors are called {}", name);
    Buffer& b = at->second;
    b.kind = kind;
    const int64_t bytes = Tensor(nullptr, dtype_, shape).bytes();
    b.memory.assign(static_cast<size_t>(bytes + 2 * kGuardBytes + 64), kGuard);
    const auto address = reinterpret_cast<uintptr_t>(b.memory.data());
    const int64_t to_boundary = (64 - static_cast<int64_t>(address % 64)) % 64;
    b.begin = kGuardBytes + to_boundary + dtype_size(dtype_);
    b.view = Tensor(b.memory.data() + b.begin, dtype_, shape);
    return b;
  }

  void set(const Tensor& t, int64_t i, double value) {
    if (dtype_ == DType::f32) {
      t.data<float>()[i] = static_cast<float>(value);
    } else {
      t.data<double>()[i] = static_cast<float>(value);
    }
  }

  Tensor poisoned(const std::string& name, std::initializer_list<int64_t> shape, Kind kind) {
    const Tensor t = allocate(name, shape, kind).view;
    for (int64_t i = 0; i < t.size(); ++i) set(t, i, std::numeric_limits<double>::quiet_NaN());
    return t;
  }

  Tensor random(const std::string& name, std::initializer_list<int64_t> shape, Kind kind,
                const Generator& value) {
    Buffer& b = allocate(name, shape, kind);
    const Rng rng(std::hash<std::string>{}(name), Stream::test);
    for (int64_t i = 0; i < b.view.size(); ++i) {
      const double z = rng.normal(static_cast<uint64_t>(i));
      set(b.view, i, value ? value(z, i) : z);
    }
    const auto* bytes = static_cast<const std::byte*>(b.view.raw());
    b.original.assign(bytes, bytes + b.view.bytes());
    return b.view;
  }

  DType dtype_;
  std::unique_ptr<Kernels> oracle_ = make_reference_kernels();
  std::map<std::string, Buffer> buffers_;
  std::map<std::string, double> results_;
};

using Operation = std::function<void(Workspace&, Kernels&)>;

class ThreadCountGuard {
 public:
  ThreadCountGuard() : saved_(thread_count()) {}
  ~ThreadCountGuard() { set_thread_count(saved_); }

 private:
  int saved_;
};

// Everything the head of this file promises, for one operation.
inline void expect_matches_reference(Kernels& kernels, const Operation& operation,
                                     double tolerance) {
  Workspace expected(DType::f64);
  operation(expected, expected.oracle());
  const ThreadCountGuard guard;
  std::unique_ptr<Workspace> one_thread;
  for (const int threads : {1, 2, 3}) {
    set_thread_count(threads);
    auto got = std::make_unique<Workspace>(DType::f32);
    operation(*got, kernels);
    got->expect_memory_intact();
    if (threads == 1) {
      got->expect_close_to(expected, tolerance);
      if (::testing::Test::HasFailure()) return;  // the same fault three times helps nobody
      one_thread = std::move(got);
    } else {
      got->expect_same_bytes_as(*one_thread);
    }
  }
}

struct KernelSet {
  std::string name;
  std::unique_ptr<Kernels> (*make)();
};

// Every implementation of the seam. The reference, run in float32, is one of them: it shows that
// the tolerances are not tighter than float32 allows.
inline std::vector<KernelSet> kernels_under_test() {
  return {{"reference", make_reference_kernels}, {"cpu", make_cpu_kernels}};
}

struct KernelSetName {
  std::string operator()(const ::testing::TestParamInfo<KernelSet>& set) const {
    return set.param.name;
  }
};

// A parametrised test over kernel sets and cases; a case names itself for gtest.
template <class Case>
class KernelTest : public ::testing::TestWithParam<std::tuple<KernelSet, Case>> {
 protected:
  const Case& shape() const { return std::get<1>(this->GetParam()); }
  Kernels& kernels() { return *kernels_; }
  void expect_matches(const Operation& operation, double tolerance) {
    expect_matches_reference(*kernels_, operation, tolerance);
  }

 private:
  std::unique_ptr<Kernels> kernels_ = std::get<0>(this->GetParam()).make();
};

struct CaseName {
  template <class Case>
  std::string operator()(const ::testing::TestParamInfo<std::tuple<KernelSet, Case>>& info) const {
    return std::get<0>(info.param).name + "_" + std::get<1>(info.param).name();
  }
};

}  // namespace coldstart::kernels

// Runs a KernelTest suite for every kernel set and every case of a container.
#define COLDSTART_KERNEL_SUITE(Suite, cases)                                                     \
  INSTANTIATE_TEST_SUITE_P(                                                                      \
      , Suite,                                                                                   \
      ::testing::Combine(::testing::ValuesIn(kernels_under_test()), ::testing::ValuesIn(cases)), \
      CaseName())
