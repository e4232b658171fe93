# What `cmake --install` puts where: program, library, headers, presets, and the package description
# that makes find_package(coldstart) work. Test: tests/e2e/install_and_build_examples.cmake.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/coldstart)

install(TARGETS coldstart EXPORT coldstart)
install(EXPORT coldstart NAMESPACE coldstart:: FILE coldstart-targets.cmake
        DESTINATION ${package_dir})
install(TARGETS coldstart_program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/coldstart TYPE INCLUDE
        FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE)  # -inl.h: parts of kernels/cpu
install(DIRECTORY ${PROJECT_SOURCE_DIR}/presets DESTINATION ${CMAKE_INSTALL_DATADIR}/coldstart)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE TYPE DOC)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/coldstart-config.cmake.in
  ${PROJECT_BINARY_DIR}/coldstart-config.cmake INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/coldstart-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/coldstart-config.cmake
              ${PROJECT_BINARY_DIR}/coldstart-config-version.cmake
        DESTINATION ${package_dir})
