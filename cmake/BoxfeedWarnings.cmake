# Warnings for the project's own targets; never handed on to those who link the library.
add_library(boxfeed_warnings INTERFACE)
target_compile_options(boxfeed_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wno-psabi)
