# boxfeed_add_tests(<room> SOURCES <file>… [LIBRARIES <target>…] [TORCH]): one test program for a room; each of its cases
# is a test. Without TORCH it is linked with the rooms that do without LibTorch, labeled `plain` and built by the target
# boxfeed_plain_tests; with it, the headers of LibTorch's tensors and data are precompiled.
find_package(Catch2 REQUIRED)
include(Catch)

if(NOT TARGET Catch2::Catch2WithMain)  # Catch2 2
  add_library(boxfeed_catch_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/catch_main.cpp)
  target_link_libraries(boxfeed_catch_main PUBLIC Catch2::Catch2)
  add_library(Catch2::Catch2WithMain ALIAS boxfeed_catch_main)
endif()

add_custom_target(boxfeed_plain_tests)

function(boxfeed_add_tests room)
  cmake_parse_arguments(arg "TORCH" "" "SOURCES;LIBRARIES" ${ARGN})
  set(target boxfeed_${room}_tests)
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    BOXFEED_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}" BOXFEED_SHARED_DATA="${PROJECT_SOURCE_DIR}/../shared/data")
  target_link_libraries(${target} PRIVATE Catch2::Catch2WithMain boxfeed_warnings ${arg_LIBRARIES})
  if(arg_TORCH)
    target_link_libraries(${target} PRIVATE boxfeed::boxfeed)
    boxfeed_precompile(${target} torch_data <torch/types.h> <torch/data.h>)
  else()
    target_link_libraries(${target} PRIVATE boxfeed_plain)
    add_dependencies(boxfeed_plain_tests ${target})
    set(label LABELS plain)
  endif()
  if(Catch2_VERSION VERSION_LESS 3)  # later ones do so anyway
    set(nothing_is_failure EXTRA_ARGS --warn NoTests)
  endif()
  catch_discover_tests(${target} ${nothing_is_failure} TEST_PREFIX "${room}:" PROPERTIES TIMEOUT 300 ${label})
endfunction()
