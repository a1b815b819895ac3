# Apache Arrow C++ as the target segue::arrow: a system installation if CMake finds one, else the headers and shared
# libraries inside the pyarrow wheel of the project-local virtual environment, or of pip's build environment.
find_package(Arrow CONFIG QUIET)
find_package(Parquet CONFIG QUIET)
add_library(segue_arrow INTERFACE)
add_library(segue::arrow ALIAS segue_arrow)
if(Arrow_FOUND AND Parquet_FOUND)
  target_link_libraries(segue_arrow INTERFACE Arrow::arrow_shared Parquet::parquet_shared)
  set(SegueArrow_SOURCE "system ${Arrow_VERSION}")
else()
  file(GLOB SEGUE_PYARROW_DIR "${SEGUE_VENV}/lib/python3*/site-packages/pyarrow")
  if(SKBUILD AND NOT SEGUE_PYARROW_DIR)
    # pip's build environment has the one that pyproject.toml asks for.
    execute_process(COMMAND ${Python_EXECUTABLE} -c "import pyarrow; print(pyarrow.__path__[0])"
      OUTPUT_VARIABLE SEGUE_PYARROW_DIR OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  if(SEGUE_PYARROW_DIR)
    file(GLOB SEGUE_ARROW_LIBRARY "${SEGUE_PYARROW_DIR}/libarrow.so.*")
    file(GLOB SEGUE_PARQUET_LIBRARY "${SEGUE_PYARROW_DIR}/libparquet.so.*")
  endif()
  if(SEGUE_ARROW_LIBRARY AND SEGUE_PARQUET_LIBRARY)
    foreach(library arrow parquet)
      string(TOUPPER ${library} upper)
      add_library(segue_pyarrow_${library} SHARED IMPORTED)
      set_target_properties(segue_pyarrow_${library} PROPERTIES IMPORTED_LOCATION ${SEGUE_${upper}_LIBRARY})
    endforeach()
    # The wheel's libraries find the ones they need in the same folder.
    target_link_libraries(segue_arrow INTERFACE segue_pyarrow_parquet segue_pyarrow_arrow)
    target_include_directories(segue_arrow SYSTEM INTERFACE ${SEGUE_PYARROW_DIR}/include)
    target_link_options(segue_arrow INTERFACE -Wl,-rpath-link,${SEGUE_PYARROW_DIR})
    set(SegueArrow_SOURCE "pyarrow wheel in ${SEGUE_PYARROW_DIR}")
    # Loaded by libarrow when a URI asks for it (data/log/input/inputs.cpp).
    file(GLOB SEGUE_ARROW_S3_LIBRARY "${SEGUE_PYARROW_DIR}/libarrow_s3.so.*")
    set(SEGUE_ARROW_BUNDLE ${SEGUE_ARROW_LIBRARY} ${SEGUE_PARQUET_LIBRARY} ${SEGUE_ARROW_S3_LIBRARY})
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SegueArrow REQUIRED_VARS SegueArrow_SOURCE
  REASON_FAILURE_MESSAGE "no system Arrow and no pyarrow in ${SEGUE_VENV}: run tools/setup")
