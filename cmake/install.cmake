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

# The manual page and the completions, made by the program itself.
set(pages ${PROJECT_BINARY_DIR}/pages)
add_custom_command(OUTPUT ${pages}/coldstart.1 ${pages}/coldstart ${pages}/_coldstart
                          ${pages}/coldstart.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${pages}
  COMMAND coldstart_program docs man > ${pages}/coldstart.1
  COMMAND coldstart_program docs completion bash > ${pages}/coldstart
  COMMAND coldstart_program docs completion zsh > ${pages}/_coldstart
  COMMAND coldstart_program docs completion fish > ${pages}/coldstart.fish
  DEPENDS coldstart_program)
add_custom_target(pages ALL DEPENDS ${pages}/coldstart.1)
install(FILES ${pages}/coldstart.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages}/coldstart DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${pages}/_coldstart DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${pages}/coldstart.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/coldstart-config.cmake.in
  ${PROJECT_BINARY_DIR}/coldstart-config.cmake INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/coldstart-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/coldstart-config.cmake
              ${PROJECT_BINARY_DIR}/coldstart-config-version.cmake
        DESTINATION ${package_dir})
