#include "coldstart/kernels/cpu/update_tiles.h"

namespace coldstart::kernels::cpu {

RotationSums& RotationSums::operator+=(const RotationSums& other) {
  weight_sq += other.weight_sq;
  weight_direction += other.weight_direction;
  direction_sq += other.direction_sq;
  weight += other.weight;
  direction += other.direction;
  return *this;
}

void RowSums::finish() const {
  if (tiling_.whole_rows()) return;
  const UpdateSums* part = parts_;
  for (UpdateSums& row : rows_) {
    row = {};
    for (int64_t k = 0; k < tiling_.parts_per_row(); ++k) row += *part++;
  }
}

}  // namespace coldstart::kernels::cpu
