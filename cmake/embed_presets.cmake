# Writes OUT, a C++ file that holds every presets/*.toml as a string: the definition of
# coldstart::train::presets(). Run at configure time; a changed preset configures again.
function(coldstart_embed_presets directory out)
  file(GLOB files CONFIGURE_DEPENDS ${directory}/*.toml)
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND entries "    {\"${name}\", R\"toml(${text})toml\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT "// Generated from presets/ by cmake/embed_presets.cmake.
#include \"coldstart/train/presets.h\"

namespace coldstart::train {

namespace {
constexpr Preset kPresets[] = {
@entries@};
}  // namespace

std::span<const Preset> presets() { return kPresets; }

}  // namespace coldstart::train
")
endfunction()
