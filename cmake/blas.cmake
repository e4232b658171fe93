# The CBLAS under the matrix products: OpenBLAS, or the vendor named by -DCOLDSTART_BLAS as FindBLAS
# knows it. Library and header must be of the same vendor: a machine can have several cblas.h, and
# the one on the default path is whichever was installed last.
#
# Gives BLAS::BLAS (library) and CBLAS_INCLUDE_DIR (directory of the vendor's cblas.h).

set(BLA_VENDOR ${COLDSTART_BLAS})
find_package(BLAS QUIET)

if(COLDSTART_BLAS STREQUAL "OpenBLAS")
  set(blas_package libopenblas-dev)
  set(blas_header_dirs openblas-pthread openblas-openmp openblas-serial openblas)
elseif(COLDSTART_BLAS STREQUAL "FLAME")
  set(blas_package libblis-dev)
  set(blas_header_dirs blis-pthread blis-openmp blis-serial blis)
else()
  set(blas_package "the development package of ${COLDSTART_BLAS}")
  set(blas_header_dirs "")
endif()
coldstart_require("${BLAS_FOUND}" "BLAS (COLDSTART_BLAS=${COLDSTART_BLAS})" "${blas_package}")

# Looked up anew when the vendor changes in an existing build directory.
if(NOT CBLAS_VENDOR STREQUAL COLDSTART_BLAS)
  unset(CBLAS_INCLUDE_DIR CACHE)
  unset(CBLAS_LINKS CACHE)
  set(CBLAS_VENDOR ${COLDSTART_BLAS} CACHE INTERNAL "vendor that CBLAS_INCLUDE_DIR belongs to")
endif()
find_path(CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES ${blas_header_dirs})
coldstart_require("${CBLAS_INCLUDE_DIR}" "cblas.h (COLDSTART_BLAS=${COLDSTART_BLAS})"
                  "${blas_package}")

# Some BLAS libraries have no C interface; find out here and not when the program is linked.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES BLAS::BLAS)
set(CMAKE_REQUIRED_INCLUDES ${CBLAS_INCLUDE_DIR})
check_cxx_source_compiles("
  #include <cblas.h>
  int main() {
    const float a = 1;
    float c = 0;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1.f, &a, 1, &a, 1, 0.f, &c, 1);
  }" CBLAS_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_INCLUDES)
coldstart_require("${CBLAS_LINKS}" "cblas_sgemm in ${BLAS_LIBRARIES}" "${blas_package}")
message(STATUS "CBLAS: ${COLDSTART_BLAS} (${BLAS_LIBRARIES}, ${CBLAS_INCLUDE_DIR}/cblas.h)")
