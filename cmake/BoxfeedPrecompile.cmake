# boxfeed_precompile_torch(<target>): LibTorch's headers cost ten seconds a file. They are precompiled once, and every
# target with the same options reuses the result.
function(boxfeed_precompile_torch target)
  if(NOT TARGET boxfeed_torch_headers)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/torch_headers.cpp CONTENT "// Only its precompiled header is wanted.\n")
    add_library(boxfeed_torch_headers OBJECT ${PROJECT_BINARY_DIR}/torch_headers.cpp)
    target_compile_features(boxfeed_torch_headers PRIVATE cxx_std_17)
    target_link_libraries(boxfeed_torch_headers PRIVATE torch boxfeed_warnings)
    target_precompile_headers(boxfeed_torch_headers PRIVATE <torch/torch.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM boxfeed_torch_headers)
endfunction()
