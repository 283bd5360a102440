# What an embedder finds after `cmake --install`: the libraries, the header, and how to use them, for pkg-config and for find_package(cwasm).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS cwasm_static cwasm_shared EXPORT cwasm)
if(TARGET cwasm)
  install(TARGETS cwasm)
endif()
install(FILES include/cwasm.h DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

set(cw_package "${CMAKE_INSTALL_LIBDIR}/cmake/cwasm")
set_target_properties(cwasm_shared PROPERTIES EXPORT_NAME cwasm)   # cwasm::cwasm, cwasm::cwasm_static
install(EXPORT cwasm NAMESPACE cwasm:: DESTINATION "${cw_package}" FILE cwasm-targets.cmake)
file(WRITE "${CMAKE_BINARY_DIR}/install/cwasm-config.cmake"
  "include(CMakeFindDependencyMacro)\nfind_dependency(Threads)\ninclude(\"\${CMAKE_CURRENT_LIST_DIR}/cwasm-targets.cmake\")\n")
write_basic_package_version_file("${CMAKE_BINARY_DIR}/install/cwasm-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/install/cwasm-config.cmake" "${CMAKE_BINARY_DIR}/install/cwasm-config-version.cmake" DESTINATION "${cw_package}")

# The prefix is where the file lies, so that an installation can be moved.
file(RELATIVE_PATH cw_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file("${CMAKE_CURRENT_LIST_DIR}/cwasm.pc.in" "${CMAKE_BINARY_DIR}/install/cwasm.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/install/cwasm.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
