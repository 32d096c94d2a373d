# A Debian package of the library: `cmake --preset deb && cmake --build --preset deb && cpack --preset deb`.
set(CPACK_PACKAGE_NAME libboxfeed-dev)
set(CPACK_PACKAGE_CONTACT "The boxfeed authors")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/install-packages.sh --print library OUTPUT_VARIABLE depends
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ", " CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}")
if(BOXFEED_TORCH_FOUND_IN STREQUAL /usr)  # the release of LibTorch that the library was built with
  string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" release ${Torch_VERSION})
  math(EXPR next "${CMAKE_MATCH_2} + 1")
  string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS
    ", libtorch-dev (>= ${release}), libtorch-dev (<< ${CMAKE_MATCH_1}.${next})")
endif()
include(CPack)
