# Installs the built tree into a fresh prefix, checks what is there, builds examples/ with nothing
# but find_package(coldstart), and runs every example and the installed program.
# Run by ctest: cmake -D BUILD_DIR=... -D SOURCE_DIR=... -D WORK_DIR=... -P this file.
cmake_minimum_required(VERSION 3.25)

set(prefix ${WORK_DIR}/prefix)
set(examples_build ${WORK_DIR}/examples)
file(REMOVE_RECURSE ${WORK_DIR})

function(run what)
  message(STATUS "${what}")
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what}: failed with ${status}: ${ARGN}")
  endif()
endfunction()

file(MAKE_DIRECTORY ${WORK_DIR})
run("install" ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})

# Every header of the library is installed; *-inl.h are parts of kernels/cpu, not headers.
file(GLOB_RECURSE headers RELATIVE ${SOURCE_DIR}/src ${SOURCE_DIR}/src/*.h)
list(FILTER headers EXCLUDE REGEX "-inl[.]h$")
foreach(header IN LISTS headers)
  if(NOT EXISTS ${prefix}/include/${header})
    message(FATAL_ERROR "not installed: ${header}")
  endif()
endforeach()

foreach(page man/man1/coldstart.1 bash-completion/completions/coldstart
        zsh/site-functions/_coldstart fish/vendor_completions.d/coldstart.fish
        coldstart/presets/tiny.toml doc/coldstart/LICENSE)
  if(NOT EXISTS ${prefix}/share/${page})
    message(FATAL_ERROR "not installed: share/${page}")
  endif()
endforeach()

run("configure examples" ${CMAKE_COMMAND} -S ${SOURCE_DIR}/examples -B ${examples_build}
    -G ${GENERATOR} -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_COMPILER_LAUNCHER=${COMPILER_LAUNCHER}"
    "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}")
run("build examples" ${CMAKE_COMMAND} --build ${examples_build})

file(GLOB sources ${SOURCE_DIR}/examples/*.cpp)
foreach(source IN LISTS sources)
  cmake_path(GET source STEM example)
  run("run ${example}" ${examples_build}/${example})
endforeach()
run("run the installed program" ${prefix}/bin/coldstart --version)
