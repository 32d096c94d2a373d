# Finds the header csv.h of fast-cpp-csv-parser: FastCppCsvParser::FastCppCsvParser, included as <csv.h>.
find_path(FastCppCsvParser_INCLUDE_DIR csv.h PATH_SUFFIXES libfccp fast-cpp-csv-parser)
mark_as_advanced(FastCppCsvParser_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FastCppCsvParser REQUIRED_VARS FastCppCsvParser_INCLUDE_DIR)
if(FastCppCsvParser_FOUND AND NOT TARGET FastCppCsvParser::FastCppCsvParser)
  add_library(FastCppCsvParser::FastCppCsvParser INTERFACE IMPORTED)
  target_include_directories(FastCppCsvParser::FastCppCsvParser SYSTEM INTERFACE ${FastCppCsvParser_INCLUDE_DIR})
endif()
