# boxfeed.pc, for those who build without CMake. The flags of LibTorch and the others are written out, since LibTorch has no
# such file of its own.

# Appends the files of these libraries, and of those that they hand on, to the variable `files`.
function(boxfeed_append_library_files)
  foreach(library IN LISTS ARGN)
    if(NOT TARGET "${library}" OR library IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${library})
    get_target_property(type ${library} TYPE)
    if(NOT type STREQUAL INTERFACE_LIBRARY)
      list(APPEND files $<TARGET_LINKER_FILE:${library}>)
    endif()
    get_target_property(further ${library} INTERFACE_LINK_LIBRARIES)
    boxfeed_append_library_files(${further})
  endforeach()
  set(files ${files} PARENT_SCOPE)
  set(seen ${seen} PARENT_SCOPE)
endfunction()

block()
  boxfeed_append_library_files(torch torch_cpu torch_cuda c10)
  get_target_property(options boxfeed::libtorch INTERFACE_LINK_OPTIONS)
  if(options)
    string(REPLACE "LINKER:" "-Wl," options "${options}")
    list(PREPEND files ${options})
  endif()
  get_target_property(torch torch LOCATION)
  cmake_path(GET torch PARENT_PATH folder)
  if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
    list(PREPEND files -Wl,-rpath,${folder})
  endif()
  # All of LibTorch, wanted by name or not: a GPU's part registers itself when it is loaded.
  list(PREPEND files -Wl,--push-state,--no-as-needed)
  list(APPEND files -Wl,--pop-state)
  if(type STREQUAL SHARED_LIBRARY)
    boxfeed_append_library_files(opencv_core)
  else()
    boxfeed_append_library_files(${libraries})
  endif()
  list(JOIN files " " link_flags)

  set(properties INTERFACE_INCLUDE_DIRECTORIES INTERFACE_COMPILE_DEFINITIONS INTERFACE_COMPILE_OPTIONS)
  foreach(property IN LISTS properties)
    set(${property} $<TARGET_PROPERTY:boxfeed::libtorch,${property}> $<TARGET_PROPERTY:opencv_core,${property}>)
    set(${property} $<REMOVE_DUPLICATES:${${property}}>)
  endforeach()
  set(folders "$<FILTER:${INTERFACE_INCLUDE_DIRECTORIES},EXCLUDE,^/usr/(lib/../)?include$>")  # known to the compiler
  string(CONCAT compile_flags "-isystem $<JOIN:${folders}, -isystem >"
    "$<$<BOOL:${INTERFACE_COMPILE_DEFINITIONS}>: -D$<JOIN:${INTERFACE_COMPILE_DEFINITIONS}, -D>>"
    " $<JOIN:${INTERFACE_COMPILE_OPTIONS}, >")
  set(folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${folder}
    OUTPUT_VARIABLE prefix_from_here)
  configure_file(cmake/boxfeed.pc.in boxfeed.pc.in @ONLY)
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/boxfeed.pc INPUT ${PROJECT_BINARY_DIR}/boxfeed.pc.in)
  install(FILES ${PROJECT_BINARY_DIR}/boxfeed.pc DESTINATION ${folder})
endblock()
