# Finds LibTorch, out of Debian's package or out of the Python wheel (-DCMAKE_PREFIX_PATH=…/site-packages/torch), and
# makes sure that all of it comes from one installation.
if(NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST} AND NOT DEFINED TORCH_CUDA_ARCH_LIST)
  # A CUDA build of LibTorch asks the GPU toolchain for its architectures at configure time; nothing here is compiled
  # for a GPU.
  set(TORCH_CUDA_ARCH_LIST 8.0)
endif()
find_package(Torch REQUIRED)

get_filename_component(_boxfeed_torch_prefix "${TORCH_INSTALL_PREFIX}" REALPATH)
foreach(_library IN LISTS TORCH_LIBRARIES TORCH_LIBRARY C10_LIBRARY)
  if(IS_ABSOLUTE "${_library}")
    get_filename_component(_real "${_library}" REALPATH)
    cmake_path(IS_PREFIX _boxfeed_torch_prefix "${_real}" _inside)
    if(NOT _inside)
      message(FATAL_ERROR "Two LibTorch installations are mixed: Torch is in ${_boxfeed_torch_prefix}, but ${_library} is "
        "outside of it. Name the wheel by its torch folder: -DCMAKE_PREFIX_PATH=…/site-packages/torch")
    endif()
  endif()
endforeach()
