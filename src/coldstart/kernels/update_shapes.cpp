// Shape checks of the operations that move weights (updates.h). Declared in shapes.h.
#include "coldstart/kernels/expect.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

namespace {

void expect_like(const char* name, const Tensor& t, const Tensor& w) {
  expect(name, t, w, w.rows(), w.cols());
}

void expect_numbers(const char* name, size_t got, int64_t want) {
  COLDSTART_CHECK(static_cast<int64_t>(got) == want, "{} {} for {} rows", got, name, want);
}

RowsShape check_update(const UpdateTensors& t, const Direction& direction,
                       std::span<const UpdateSums> rows) {
  const RowsShape s = rows_of("w", t.w);
  expect_like("g", t.g, t.w);
  if (direction.kind == DirectionKind::given) {
    expect_absent("m", t.m);
    expect_like("direction", t.direction, t.w);
  } else {
    expect_like("m", t.m, t.w);
    expect_absent("direction", t.direction);
  }
  if (direction.kind == DirectionKind::adam) {
    expect_like("v", t.v, t.w);
  } else {
    expect_absent("v", t.v);
  }
  expect_numbers("sums", rows.size(), s.N);
  return s;
}

}  // namespace

RowsShape check_plain_update(const UpdateTensors& t, const Direction& direction,
                             const PlainStep& step, std::span<const UpdateSums> rows) {
  const RowsShape s = check_update(t, direction, rows);
  if (!step.row_scale.empty()) expect_numbers("row scales", step.row_scale.size(), s.N);
  COLDSTART_CHECK(step.trust == 0 || step.row_scale.empty(), "row scales beside a trust ratio");
  return s;
}

RowsShape check_rotate_update(const UpdateTensors& t, const Direction& direction,
                              const Rotation& rotation, std::span<const UpdateSums> rows) {
  const RowsShape s = check_update(t, direction, rows);
  const int64_t spheres = rotation.per_row ? s.N : 1;
  expect_numbers("radii", rotation.radius.size(), spheres);
  expect_numbers("norm averages", rotation.norm_average.size(),
                 rotation.norm_decay == 0 ? 0 : spheres);
  if (!rotation.row_gain.empty()) expect_numbers("row gains", rotation.row_gain.size(), s.N);
  if (!rotation.row_scale.empty()) {
    COLDSTART_CHECK(rotation.per_row, "row scales for a rotation over the whole tensor");
    expect_numbers("row scales", rotation.row_scale.size(), s.N);
  }
  return s;
}

RowsShape check_schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g,
                                     std::span<const UpdateSums> rows) {
  const RowsShape s = rows_of("y", y);
  expect_like("z", z, y);
  expect_like("v", v, y);
  expect_like("g", g, y);
  expect_numbers("sums", rows.size(), s.N);
  return s;
}

RowsShape check_momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                             std::span<const UpdateSums> rows) {
  const RowsShape s = rows_of("out", out);
  expect_like("m", m, out);
  expect_like("g", g, out);
  expect_numbers("sums", rows.size(), s.N);
  COLDSTART_CHECK(direction.kind == DirectionKind::momentum && direction.coupled_decay == 0 &&
                      !direction.cautious,
                  "momentum_mix takes a momentum direction without decay or caution");
  return s;
}

RowsShape check_row_dots(Tensor a, Tensor b, std::span<const double> rows) {
  const RowsShape s = rows_of("a", a);
  check_elementwise(a, b);
  expect_numbers("rows", rows.size(), s.N);
  return s;
}

RowsShape check_scale_rows(Tensor w, std::span<const double> factors) {
  const RowsShape s = rows_of("w", w);
  expect_numbers("factors", factors.size(), s.N);
  return s;
}

}  // namespace coldstart::kernels
