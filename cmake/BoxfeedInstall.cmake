# The install tree: headers, the library, and a package that find_package(boxfeed) finds.
include(CMakePackageConfigHelpers)
set(_boxfeed_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/boxfeed)
configure_package_config_file(cmake/boxfeedConfig.cmake.in ${PROJECT_BINARY_DIR}/boxfeedConfig.cmake
  INSTALL_DESTINATION ${_boxfeed_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/boxfeedConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(TARGETS boxfeed EXPORT boxfeedTargets)
install(DIRECTORY include/boxfeed DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT boxfeedTargets NAMESPACE boxfeed:: DESTINATION ${_boxfeed_package_dir})
install(FILES ${PROJECT_BINARY_DIR}/boxfeedConfig.cmake ${PROJECT_BINARY_DIR}/boxfeedConfigVersion.cmake
  cmake/BoxfeedTorch.cmake cmake/FindTurboJPEG.cmake cmake/FindWebP.cmake DESTINATION ${_boxfeed_package_dir})
