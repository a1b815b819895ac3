# Uses ccache and the mold linker if they are installed.
find_program(SEGUE_CCACHE ccache)
if(SEGUE_CCACHE)
  # ccache caches nothing that is compiled with precompiled headers unless it may assume that they contain no dates.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${SEGUE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
find_program(SEGUE_MOLD mold)
if(SEGUE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
