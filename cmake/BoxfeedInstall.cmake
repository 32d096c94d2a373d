# The install tree: headers, the library, and a package that find_package(boxfeed) finds, as does pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/boxfeed)
string(REGEX REPLACE "/(share|lib(/[^/]+)?)/cmake/Torch$" "" BOXFEED_TORCH_FOUND_IN "${Torch_DIR}")
get_target_property(type boxfeed TYPE)
set(boxfeed_packages BOXFEED_PACKAGES)
if(type STREQUAL SHARED_LIBRARY)
  set(boxfeed_packages BOXFEED_SHARED_PACKAGES)
endif()
configure_package_config_file(cmake/boxfeedConfig.cmake.in ${PROJECT_BINARY_DIR}/boxfeedConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/boxfeedConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(TARGETS boxfeed EXPORT boxfeedTargets FILE_SET HEADERS)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT boxfeedTargets NAMESPACE boxfeed:: DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/boxfeedConfig.cmake ${PROJECT_BINARY_DIR}/boxfeedConfigVersion.cmake
  cmake/BoxfeedPackages.cmake cmake/BoxfeedTorch.cmake cmake/FindTurboJPEG.cmake cmake/FindUtf8proc.cmake
  cmake/FindWebP.cmake DESTINATION ${package_dir})
include(BoxfeedPkgConfig)
if(PROJECT_IS_TOP_LEVEL)
  include(BoxfeedDebian)
endif()
