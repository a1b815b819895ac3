# A folder of src/segue is a layer, and a layer is one static library. Only segue_layer() creates one, so that warnings,
# sanitizers and the include root are the same everywhere.
#
#   segue_layer(NAME SOURCES a.cpp b.cpp DEPENDS base math LIBRARIES fmt::fmt)
#
# tests/layers checks that the includes of each folder agree with the order of the layers.

add_library(segue_warnings INTERFACE)
target_compile_options(segue_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # gcc 12 warns falsely in std::string (gcc bug 105651).
  target_compile_options(segue_warnings INTERFACE -Wno-restrict)
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A private State may have members of types in an anonymous namespace; in a unity source gcc takes its .cpp for a header.
  target_compile_options(segue_warnings INTERFACE -Wno-subobject-linkage)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++'s std::stable_sort uses a function that libstdc++ deprecates, and clang warns at every caller.
  target_compile_options(segue_warnings INTERFACE -Wno-deprecated-declarations)
endif()
if(SEGUE_SANITIZE)
  add_compile_options(-fsanitize=${SEGUE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SEGUE_SANITIZE})
  if(SEGUE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The thread sanitizer does not understand fences, and Asio uses some around its reference counts.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan> -DBOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
if(SEGUE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# segue_precompile(TARGET <header>...): precompiles these headers and those that nearly every file includes.
#
# Only with sanitizers, whose builds spend half of their time reading headers. The release build checks that every file
# includes what it needs.
function(segue_precompile target)
  if(SEGUE_SANITIZE)
    target_precompile_headers(${target} PRIVATE
      <algorithm> <array> <chrono> <cmath> <filesystem> <functional> <map> <memory> <mutex> <optional> <span> <stop_token>
      <string> <string_view> <thread> <unordered_map> <vector> <fmt/format.h> <boost/json.hpp> ${ARGN})
  endif()
endfunction()

function(segue_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(segue_${name} STATIC ${LAYER_SOURCES})
  # Each compiles itself once for each SIMD target, which it cannot do as a part of another file.
  set(kernels ${LAYER_SOURCES})
  list(FILTER kernels INCLUDE REGEX "^kernels/")
  if(kernels)
    set_source_files_properties(${kernels} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  add_library(segue::${name} ALIAS segue_${name})
  target_include_directories(segue_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(segue_${name} PRIVATE segue_warnings)
  foreach(dependency IN LISTS LAYER_DEPENDS)
    target_link_libraries(segue_${name} PUBLIC segue::${dependency})
  endforeach()
  target_link_libraries(segue_${name} PUBLIC ${LAYER_LIBRARIES})
  segue_precompile(segue_${name})
endfunction()
