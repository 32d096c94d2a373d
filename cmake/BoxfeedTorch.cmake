# Finds LibTorch, be it Debian's package, the Python wheel or LibTorch's own archive: Torch_VERSION and the target
# boxfeed::libtorch, with what linking needs. A wheel or an archive is named by its folder: -DCMAKE_PREFIX_PATH=FOLDER.
# BOXFEED_TORCH_HINT is where to look when none is named; BOXFEED_TORCH_PROBLEM says in the end what is wrong, if anything is.
set(BOXFEED_TORCH_PROBLEM "")
set(_boxfeed_global "")
if(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
  set(_boxfeed_global GLOBAL)
endif()

if(NOT TARGET torch)
  block(PROPAGATE Torch_FOUND Torch_VERSION TORCH_INSTALL_PREFIX TORCH_INCLUDE_DIRS TORCH_LIBRARIES TORCH_CXX_FLAGS)
    # The prefix itself first: where a wheel is named by its share/cmake, as PyTorch's documentation does, LibTorch's
    # package would take what Debian's has of the same name.
    string(REPLACE ":" ";" _environment "$ENV{CMAKE_PREFIX_PATH}")
    set(_named ${Torch_DIR} ${Torch_ROOT} $ENV{Torch_ROOT} ${CMAKE_PREFIX_PATH} ${_environment} ${BOXFEED_TORCH_HINT})
    list(REMOVE_ITEM _named Torch_DIR-NOTFOUND)
    list(TRANSFORM _named REPLACE "/(share|lib(/[^/]+)?)/cmake(/Torch)?/*$" "")
    set(CMAKE_PREFIX_PATH ${_named})

    # The package of a CUDA build demands a toolkit that could compile for the GPU, and puts the toolkit's libraries into
    # the link, where they hide LibTorch's own. Where this target exists it does neither. A project that does compile
    # for the GPU enables the language CUDA, or finds Torch, before it finds boxfeed.
    get_property(_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(NOT CUDA IN_LIST _languages)
      foreach(_target torch::cudart torch::nvtoolsext)
        if(NOT TARGET ${_target})
          add_library(${_target} INTERFACE IMPORTED ${_boxfeed_global})
        endif()
      endforeach()
    endif()
    find_package(Torch QUIET)
  endblock()
endif()

if(NOT TARGET torch)
  string(CONCAT BOXFEED_TORCH_PROBLEM "LibTorch was not found. Debian's is in the package libtorch-dev; a Python wheel "
    "or LibTorch's own archive is named by its folder: -DCMAKE_PREFIX_PATH=…/site-packages/torch")
  return()
endif()

block(PROPAGATE BOXFEED_TORCH_PROBLEM)
  get_target_property(_torch torch LOCATION)
  cmake_path(GET _torch PARENT_PATH _folder)
  file(REAL_PATH "${_folder}" _folder)
  foreach(_part torch_cpu c10)
    get_target_property(_library ${_part} LOCATION)
    cmake_path(GET _library PARENT_PATH _place)
    file(REAL_PATH "${_place}" _place)
    if(NOT _place STREQUAL _folder)
      string(CONCAT BOXFEED_TORCH_PROBLEM "Two LibTorch installations are mixed: ${_torch} and ${_library}. Name one by "
        "its folder, in a new build folder: -DCMAKE_PREFIX_PATH=…/site-packages/torch")
    endif()
  endforeach()

  get_target_property(_options torch INTERFACE_COMPILE_OPTIONS)
  if(_options MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
    string(CONCAT BOXFEED_TORCH_PROBLEM "${_torch} was built with libstdc++'s old ABI, which cannot be linked with OpenCV. "
      "Later releases of LibTorch have the new one.")
  endif()

  if(NOT TARGET boxfeed::libtorch)
    add_library(boxfeed::libtorch INTERFACE IMPORTED ${_boxfeed_global})
    target_link_libraries(boxfeed::libtorch INTERFACE torch)
    # The wheel's libraries need those of the nvidia packages beside it; the linker would take a toolkit's.
    file(GLOB _nvidia "${_folder}/../../nvidia/*/lib")
    list(TRANSFORM _nvidia PREPEND "LINKER:-rpath-link,")
    target_link_options(boxfeed::libtorch INTERFACE ${_nvidia})
  endif()
endblock()
