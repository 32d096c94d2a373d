# Warnings for the project's own targets; never handed on to those who link the library. GCC's guess of what may be
# uninitialized is wrong about LibTorch's headers at -O1 and under sanitizers.
add_library(boxfeed_warnings INTERFACE)
target_compile_options(boxfeed_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wno-psabi
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
