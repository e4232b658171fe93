#include "coldstart/tensor/tensor.h"

#include <gtest/gtest.h>

#include <vector>

namespace coldstart {
namespace {

class TensorView : public testing::Test {
 protected:
  std::vector<float> values_ = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const Tensor t_{values_.data(), DType::f32, {2, 3, 2}};
};

TEST_F(TensorView, KnowsItsShape) {
  EXPECT_EQ(t_.rank(), 3);
  EXPECT_EQ(t_.size(), 12);
  EXPECT_EQ(t_.bytes(), 48);
  EXPECT_EQ(t_.dim(1), 3);
  EXPECT_EQ(t_.dim(-1), 2);
  EXPECT_EQ(t_.rows(), 6);
  EXPECT_EQ(t_.cols(), 2);
  EXPECT_EQ(t_.shape_text(), "(2, 3, 2)");
}

TEST_F(TensorView, IsAViewAndNotACopy) {
  t_.reshape({3, 4}).row_range(1, 2).f32()[2] = 100;
  EXPECT_EQ(values_[6], 100);
  EXPECT_EQ(t_.at(6), 100);
}

TEST_F(TensorView, RowRangesAreOfTheFirstAxis) {
  const Tensor second = t_.row_range(1, 2);
  EXPECT_EQ(second.shape_text(), "(1, 3, 2)");
  EXPECT_EQ(second.at(0), 6);
  EXPECT_EQ(t_.row_range(2, 2).size(), 0);
  EXPECT_THROW(t_.row_range(1, 3), std::logic_error);
  EXPECT_THROW(t_.row_range(-1, 1), std::logic_error);
}

TEST_F(TensorView, RefusesAnotherElementTypeOrSize) {
  EXPECT_THROW(t_.data<double>(), std::logic_error);
  EXPECT_THROW(t_.reshape({5, 2}), std::logic_error);
  EXPECT_THROW(Tensor(values_.data(), DType::f32, {1, 1, 1, 1, 1}), std::logic_error);
  EXPECT_THROW(Tensor(values_.data(), DType::f32, {-1}), std::logic_error);
}

TEST(Tensor, EmptyStandsForAbsent) {
  EXPECT_TRUE(Tensor().empty());
  EXPECT_FALSE(Tensor());
  EXPECT_EQ(Tensor().size(), 0);
}

TEST(Tensor, ReadsDoublesWhateverTheType) {
  double value = 0.1;
  const Tensor t(&value, DType::f64, {1});
  EXPECT_EQ(t.at(0), 0.1);
  EXPECT_EQ(t.bytes(), 8);
  EXPECT_EQ(t.span<double>()[0], 0.1);
}

}  // namespace
}  // namespace coldstart
