#include "app/png.h"

#include <cairo.h>
#include <fmt/format.h>
#include <librsvg/rsvg.h>

#include <cmath>
#include <memory>

#include "coldstart/core/error.h"

namespace coldstart::app {

namespace {

template <class T, auto free>
struct Free {
  void operator()(T* thing) const { free(thing); }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Free<T, free>>;

[[noreturn]] void fail(const char* what) {
  throw ResourceError("png", fmt::format("a figure cannot be drawn: {}", what),
                      "--format svg needs no drawing");
}

void check(GError* error) {
  if (!error) return;
  const Owned<GError, g_error_free> owned(error);
  fail(error->message);
}

cairo_status_t append(void* file, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(file)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string png_of(const std::string& svg, double scale) {
  GError* error = nullptr;
  const Owned<RsvgHandle, g_object_unref> handle(
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &error));
  check(error);
  rsvg_handle_set_dpi(handle.get(), 96);
  double width = 0, height = 0;
  if (!rsvg_handle_get_intrinsic_size_in_pixels(handle.get(), &width, &height))
    fail("it has no size");
  const auto pixels = [&](double size) { return static_cast<int>(std::lround(size * scale)); };
  const Owned<cairo_surface_t, cairo_surface_destroy> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels(width), pixels(height)));
  const Owned<cairo_t, cairo_destroy> cairo(cairo_create(surface.get()));
  const RsvgRectangle all{0, 0, width * scale, height * scale};
  rsvg_handle_render_document(handle.get(), cairo.get(), &all, &error);
  check(error);
  std::string file;
  const cairo_status_t status = cairo_surface_write_to_png_stream(surface.get(), append, &file);
  if (status != CAIRO_STATUS_SUCCESS) fail(cairo_status_to_string(status));
  return file;
}

}  // namespace coldstart::app
