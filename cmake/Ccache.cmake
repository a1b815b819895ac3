# Repeated builds are answered from ccache where it is installed.
find_program(SEGUE_CCACHE ccache)
if(SEGUE_CCACHE)
  # Of what is compiled with precompiled headers ccache keeps nothing unless told that they hold no dates.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${SEGUE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
find_program(SEGUE_MOLD mold)
if(SEGUE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
