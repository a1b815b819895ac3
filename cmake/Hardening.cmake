# Compiler and linker options that make memory errors harder to exploit. tests/build checks them in what was built.
#
#   _FORTIFY_SOURCE=3                 calls that overflow a buffer of known size end the process (optimised builds only;
#                                     sanitizers have checks of their own, which it hides)
#   -fstack-protector-strong          an overwritten return address is noticed
#   -fstack-clash-protection          a large frame cannot jump over the guard page
#   -fcf-protection, -mbranch-...     indirect jumps land on marked instructions only, where the processor has that
#   -z relro, -z now                  function pointers of shared libraries are read-only before main() runs
#   -fPIE, -pie                       the program is loaded at a random address
#
# Libraries are linked into programs and into the Python module, so they are position-independent; with their names
# hidden the compiler may inline their functions as in a program.
include(CheckCXXCompilerFlag)
include(CheckPIESupported)

check_pie_supported(LANGUAGES CXX)
if(SEGUE_SANITIZE)  # without the module
  add_compile_options($<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>>:-fPIE>)
else()
  add_compile_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-fPIE>
    "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,STATIC_LIBRARY>:-fPIC;-fvisibility=hidden>")
endif()
add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro,-z,now)

foreach(option -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "SEGUE_HAS${option}" known)
  check_cxx_compiler_flag("-Werror ${option}" ${known})  # clang only warns of options of other processors
  if(${known})
    add_compile_options(${option})
  endif()
endforeach()

if(NOT SEGUE_SANITIZE)
  # Some compilers define it themselves, with a lower level.
  add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()
