#include "coldstart/tensor/arena.h"

#include <gtest/gtest.h>

#include <utility>

namespace coldstart {
namespace {

struct Layout {
  Tensor a, b, c;
};

Layout lay_out(Arena& arena) {
  Layout layout;
  layout.a = arena.allocate(DType::f32, {3});  // 12 bytes
  layout.b = arena.allocate(DType::f64, {2, 5});
  layout.c = arena.allocate_adjacent(DType::f32, {7});
  return layout;
}

TEST(Arena, AMeasuringPassNeedsWhatTheRealOneTakes) {
  Arena measure = Arena::measuring();
  EXPECT_EQ(lay_out(measure).b.raw(), nullptr);
  EXPECT_EQ(measure.used_bytes(), 64 + 80 + 28);
  Arena arena(measure.used_bytes());
  lay_out(arena);
  EXPECT_EQ(arena.used_bytes(), measure.used_bytes());
  EXPECT_THROW(arena.allocate(DType::f32, {1}), std::logic_error) << "full";
}

TEST(Arena, TensorsAreAlignedZeroAndApart) {
  Arena arena(1024);
  const Layout t = lay_out(arena);
  for (const Tensor& aligned : {t.a, t.b}) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(aligned.raw()) % Arena::kAlignment, 0u);
  }
  EXPECT_EQ(t.c.raw(), t.b.data<double>() + 10) << "adjacent means without a gap";
  for (int64_t i = 0; i < 10; ++i) EXPECT_EQ(t.b.at(i), 0);
  t.a.f32()[2] = 1;
  EXPECT_EQ(t.b.at(0), 0);
  EXPECT_EQ(arena.flat(DType::f32).at(2), 1) << "the flat view is of the same memory";
  EXPECT_EQ(arena.flat(DType::f32).size(), (64 + 80 + 28) / 4);
}

TEST(Arena, MemoryMovesWithItsOwner) {
  Arena first(256);
  const Tensor t = first.allocate(DType::f32, {4});
  t.f32()[0] = 5;
  Arena second = std::move(first);
  EXPECT_EQ(second.flat(DType::f32).raw(), t.raw());
  Arena third = Arena::measuring();
  third = std::move(second);
  EXPECT_EQ(third.flat(DType::f32).at(0), 5);
}

TEST(Arena, RewindHandsTheSameMemoryOutAgain) {
  Arena arena(256);
  const int64_t mark = arena.used_bytes();
  const void* first = arena.allocate(DType::f32, {8}).raw();
  arena.rewind(mark);
  EXPECT_EQ(arena.allocate(DType::f32, {8}).raw(), first);
}

TEST(Arena, SaysWhenTheSystemHasNoMemory) { EXPECT_THROW(Arena(int64_t{1} << 60), ResourceError); }

}  // namespace
}  // namespace coldstart
