# boxfeed_precompile(<target> <name> <header>…): LibTorch's headers cost ten seconds a file. They are precompiled once under
# a name, and every target with the same options reuses the result.
function(boxfeed_precompile target name)
  set(headers boxfeed_${name}_headers)
  if(NOT TARGET ${headers})
    set(source ${PROJECT_BINARY_DIR}/${headers}.cpp)
    file(GENERATE OUTPUT ${source} CONTENT "// Only its precompiled header is wanted.\n")
    add_library(${headers} OBJECT ${source})
    target_compile_features(${headers} PRIVATE cxx_std_17)
    target_link_libraries(${headers} PRIVATE boxfeed::libtorch boxfeed_warnings)
    target_precompile_headers(${headers} PRIVATE ${ARGN})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()

# boxfeed_unite(<target> [<number>]): compiles so many of its files as one, all by default; not where clang-tidy is to know each.
function(boxfeed_unite target)
  set(number 0 ${ARGN})
  list(GET number -1 number)
  if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${number})
  endif()
endfunction()
