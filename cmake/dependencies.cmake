# The libraries coldstart stands on. A missing one stops the configuration with the name of its
# Debian package; the list of packages and reasons is scripts/packages.txt.

# Stops unless FOUND is true.
function(coldstart_require found what debian_package)
  if(NOT found)
    message(FATAL_ERROR
      "${what} was not found. On Debian and Ubuntu install ${debian_package}.\n"
      "(scripts/setup.sh installs everything that is missing.)")
  endif()
endfunction()

# find_package(), quietly, with an error that says what to install.
macro(coldstart_find_package name debian_package)
  find_package(${name} QUIET ${ARGN})
  coldstart_require("${${name}_FOUND}" "${name}" ${debian_package})
endmacro()

# pkg_check_modules() likewise; gives PkgConfig::<name>.
macro(coldstart_find_module name module debian_package)
  pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
  coldstart_require("${${name}_FOUND}" "${module}" ${debian_package})
endmacro()

coldstart_find_package(Threads libc6-dev)
coldstart_find_package(fmt libfmt-dev)
coldstart_find_package(nlohmann_json nlohmann-json3-dev)
coldstart_find_package(tomlplusplus libtomlplusplus-dev)
coldstart_find_package(CLI11 libcli11-dev)
coldstart_find_package(ZLIB zlib1g-dev)
coldstart_find_package(PkgConfig pkg-config)
coldstart_find_module(HWY libhwy libhwy-dev)
coldstart_find_module(HTTPLIB cpp-httplib libcpp-httplib-dev)
coldstart_find_module(RSVG librsvg-2.0 librsvg2-dev)
coldstart_find_module(SENTENCEPIECE sentencepiece libsentencepiece-dev)
coldstart_find_module(NLOPT nlopt libnlopt-dev)
find_path(EIGEN_INCLUDE_DIR Eigen/Dense PATH_SUFFIXES eigen3)
coldstart_require("${EIGEN_INCLUDE_DIR}" "Eigen" libeigen3-dev)
coldstart_find_module(SQLITE sqlite3 libsqlite3-dev)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
coldstart_require("${RANDOM123_INCLUDE_DIR}" "Random123" librandom123-dev)
find_path(XXHASH_INCLUDE_DIR xxhash.h)
coldstart_require("${XXHASH_INCLUDE_DIR}" "xxHash" libxxhash-dev)
find_path(BOOST_MATH_INCLUDE_DIR boost/math/distributions/chi_squared.hpp)
coldstart_require("${BOOST_MATH_INCLUDE_DIR}" "Boost.Math" libboost-dev)
if(COLDSTART_TESTS)
  coldstart_find_package(GTest "libgtest-dev and libgmock-dev")
  if(NOT TARGET GTest::gmock_main)
    coldstart_require("" "GoogleMock" libgmock-dev)
  endif()
endif()
if(COLDSTART_BENCH)
  coldstart_find_package(benchmark libbenchmark-dev)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/blas.cmake)
