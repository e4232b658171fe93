# How everything here is compiled: warnings are errors; sanitizers by option.
# Never -ffast-math or -Ofast: they delete the checks for NaN and break reproducibility.

# Release speed with the debug information of functions and lines: what a profile and a stack trace
# show. Variables too (-g) would cost a third of the compile time. assert() is off, COLDSTART_CHECK
# stays on.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O3 -g1 -DNDEBUG")

add_library(coldstart_warnings INTERFACE)
target_compile_options(coldstart_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# GCC warns of the standard library itself in a sanitized build (std::regex); there they are no errors.
if(NOT COLDSTART_SANITIZE)
  target_compile_options(coldstart_warnings INTERFACE -Werror)
endif()

# A list as GCC takes it: "address,undefined", or "thread". What compiling costs here is the checks
# and their debug information: -O1, and no more of the latter than a stack trace shows.
if(COLDSTART_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  set(sanitizers -fsanitize=${COLDSTART_SANITIZE} -fno-sanitize-recover=all
      -fno-sanitize=null,vptr)
  add_compile_options(-fno-omit-frame-pointer ${sanitizers})
  add_link_options(${sanitizers})
endif()

# Coverage feedback for libFuzzer; only the fuzzers themselves link its main().
if(COLDSTART_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# What need not be fast, the program's verbs and the tests, is compiled for the compiler's own time:
# -O1, and -O0 with sanitizers, whose checks make the optimizer slow.
if(COLDSTART_SANITIZE)
  set(COLDSTART_QUICK_OPTIMISATION -O0)
else()
  set(COLDSTART_QUICK_OPTIMISATION -O1)
endif()
