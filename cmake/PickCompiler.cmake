# Picks the C compiler before project(): clang >= 19 makes the fastest interpreter (guaranteed tail calls, preserve_none).
# Somebody who sets CC or CMAKE_C_COMPILER, or uses a toolchain file, has chosen already.
if(NOT DEFINED CMAKE_C_COMPILER AND NOT DEFINED ENV{CC} AND NOT DEFINED CMAKE_TOOLCHAIN_FILE)
  find_program(CW_PREFERRED_CC NAMES clang-19 clang-20 clang-21 clang-22)
  if(CW_PREFERRED_CC)
    set(CMAKE_C_COMPILER "${CW_PREFERRED_CC}" CACHE FILEPATH "C compiler")
  endif()
endif()
