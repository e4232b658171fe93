# Writes OUT, a C++ file that holds what a report page is made of as strings: Chart.js from the
# system's package, and our own script and style. Run at configure time; a changed file configures
# again.
function(coldstart_embed_assets directory out)
  find_file(CHARTJS_FILE chart.min.js
    PATHS /usr/share/javascript/chart.js /usr/share/nodejs/chart.js/dist NO_DEFAULT_PATH)
  coldstart_require("${CHARTJS_FILE}" "Chart.js (chart.min.js)" libjs-chart.js)
  set(definitions "")
  foreach(pair "chart_js=${CHARTJS_FILE}" "page_css=${directory}/page.css")
    string(REGEX MATCH "^([a-z_]+)=(.*)$" ignored "${pair}")
    set(name ${CMAKE_MATCH_1})
    set(file ${CMAKE_MATCH_2})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND definitions "const std::string_view ${name} = R\"__asset__(${text})__asset__\";\n")
  endforeach()
  # The script of a page: its parts in the order in which they use one another, in one scope.
  set(script "(() => {\n'use strict';\n")
  foreach(part base choices intervals series axes plot legend heat panel draw tables live)
    set(file ${directory}/page/${part}.js)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND script "\n${text}")
  endforeach()
  string(APPEND definitions
    "const std::string_view page_js = R\"__asset__(${script}})();\n)__asset__\";\n")
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
"// Generated from Chart.js and src/coldstart/report/assets/ by cmake/embed_assets.cmake.
#include \"coldstart/report/page.h\"

#ifdef __clang__  // a library in one string
#pragma clang diagnostic ignored \"-Woverlength-strings\"
#endif

namespace coldstart::report::assets {

@definitions@
}  // namespace coldstart::report::assets
")
endfunction()
