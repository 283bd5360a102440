# Compiler flags.
#
#   cw_flags(target)          what all our files are compiled with
#   cw_source_flags(sources)  what single folders need on top: -Wconversion, flags of the hot interpreter files
#   cw_link_flags(target)
include(CheckCCompilerFlag)

set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(CMAKE_C_FLAGS_DEBUG "-O1 -g")  # -O0 makes the interpreter loop unbearably slow and hides warnings
endif()

string(TOUPPER "${CMAKE_BUILD_TYPE}" cw_build_type)

string(REPLACE "," ";" cw_sanitizers "${CW_SANITIZE}")
set(CW_IS_ASAN OFF)
set(CW_IS_TSAN OFF)
if("address" IN_LIST cw_sanitizers)
  set(CW_IS_ASAN ON)
endif()
if("thread" IN_LIST cw_sanitizers)
  set(CW_IS_TSAN ON)
endif()

set(cw_common
  -fno-math-errno -ffp-contract=off -fno-strict-aliasing -fvisibility=hidden -fno-common
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla)
set(cw_conversion -Wconversion -Wno-sign-conversion)
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  list(APPEND cw_conversion -Wno-implicit-int-float-conversion)
endif()
if(CW_WERROR)
  list(APPEND cw_common -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "MinSizeRel")
  list(APPEND cw_common -ffunction-sections -fdata-sections)
endif()

set(cw_instrument)
if(CW_SANITIZE)
  list(APPEND cw_instrument -fsanitize=${CW_SANITIZE} -fno-omit-frame-pointer -g)
  if("undefined" IN_LIST cw_sanitizers)
    list(APPEND cw_instrument -fno-sanitize-recover=all)
  endif()
endif()
if(CW_COVERAGE)
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    list(APPEND cw_instrument -fprofile-instr-generate -fcoverage-mapping)
  else()
    list(APPEND cw_instrument --coverage)
  endif()
endif()
if(CW_FUZZ)
  list(APPEND cw_instrument -fsanitize=fuzzer-no-link)
endif()
if(cw_instrument)
  list(APPEND cw_common -DCW_INSTRUMENTED=1)  # their run-time libraries need system calls and files of their own
endif()

# Hot interpreter files: nothing in a handler but the handler.
set(cw_hot -falign-functions=16 -fomit-frame-pointer -fno-stack-protector)
foreach(flag -fno-plt -fcf-protection=none -fno-stack-clash-protection)
  string(MAKE_C_IDENTIFIER "cw_has${flag}" has)
  check_c_compiler_flag(${flag} ${has})
  if(${has})
    list(APPEND cw_hot ${flag})
  endif()
endforeach()
# The loop as one function, with gcc and computed goto:
#   -fno-tree-fre             a third of the compiler's time goes there, and PRE does the same work again
#   -falign-jumps=64          every handler begins at a cache line (a tenth of the time). gcc aligns blocks that are executed at least once in so
#   align-threshold=5500      many dispatches: more than there are handlers, less than twice as many, or the rarer ends of branches would be, too (100 kB)
#   -fno-code-hoisting ...    what most handlers compute (the size of the memory less that of an access) would be computed before every dispatch, which is
#                             then one block for all: 1.8 times the time. Where something stays there, the block is still copied (max-goto-duplication-insns)
#   -freorder-blocks-...      slow cases lie where they did not before; 1 % less time
set(cw_loop_flags -fno-tree-fre -fno-code-hoisting -fno-tree-pre -fno-gcse --param=max-goto-duplication-insns=32
  -falign-jumps=64 --param=align-threshold=5500 -freorder-blocks-algorithm=simple)
set(cw_switch_flags -fno-tree-fre)   # one dispatch for all anyway; the flags above make the switch 1.2 times as slow
if(CW_SANITIZE)
  set(cw_hot)  # readable stacks
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    set(cw_hot -O0)  # gcc needs many minutes for the instrumented switch with any optimisation
  endif()
endif()

# clang from 19 on gives up on a jump of its own for each of many computed gotos.
set(cw_own_jumps)
check_c_compiler_flag("-mllvm -tail-dup-pred-size=1000" cw_has_tail_dup)
if(cw_has_tail_dup)
  set(cw_own_jumps -mllvm -tail-dup-pred-size=1000)
endif()

# gcc begins functions, loops and ends of branches at multiples of 16 bytes, and inlines what is not small: 25 kB of the program, for 2 % of the time of
# translation and nothing that can be measured elsewhere. Not in the interpreter.
set(cw_compact)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
  set(cw_compact -falign-functions=1 -fno-align-loops -fno-align-jumps -fno-align-labels -fno-inline-functions)
endif()

set(CW_SIZE_FLAG)
if(CMAKE_BUILD_TYPE MATCHES "^(Release|MinSizeRel)$")
  check_c_compiler_flag(-Oz cw_has_oz)
  if(cw_has_oz)
    set(CW_SIZE_FLAG -Oz)
  endif()
endif()

set(cw_cold)
if(NOT CW_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "^Rel")
  check_c_compiler_flag(-fstack-protector-strong cw_has_stack_protector)
  if(cw_has_stack_protector)
    list(APPEND cw_cold -fstack-protector-strong)
  endif()
endif()

function(cw_flags target)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  target_include_directories(${target} SYSTEM PRIVATE "${CMAKE_BINARY_DIR}/third_party")
  target_compile_options(${target} PRIVATE ${cw_common} ${cw_instrument})
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE ${CW_DISPATCH_DEFINES} CW_STRESS=$<BOOL:${CW_STRESS}>)
endfunction()

function(cw_source_flags sources)
  foreach(file IN LISTS sources)
    if(file MATCHES "/src/(base|wasm|wasi|diag|cli)/")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${cw_conversion})
    endif()
    # One function of 1,800 handlers: clang needs minutes for it at -O2, seconds at -O1; its loop of choice is another (Dispatch.cmake).
    if(file MATCHES "/dispatch_(switch|goto)\\.c$" AND CMAKE_C_COMPILER_ID STREQUAL "Clang")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS -O1 -w)  # flow analysis for warnings takes minutes, too
    endif()
    if(file MATCHES "/dispatch_(switch|goto)\\.c$" AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
      # Position-independent even where the program is not: without it gcc 12 merges the thousands of computed gotos into a few dozen (0.6 of the speed).
      set(flags ${cw_loop_flags})
      if(file MATCHES "/dispatch_switch\\.c$")
        set(flags ${cw_switch_flags})
      endif()
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${flags} -fPIC)
    endif()
    # With gcc also what makes instances, of which the system's part is the larger.
    if(CW_SIZE_FLAG AND CMAKE_C_COMPILER_ID STREQUAL "GNU" AND file MATCHES "/src/(link|api)/|/src/code/rootmap\\.c$")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS -Os)
    elseif(NOT file MATCHES "/src/interp/")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${cw_compact})
    endif()
    # Small rather than fast: what runs once or waits for the system; not the way of a WASI call (2 ns of 12 to 40) but for those that always ask the system.
    if(CW_SIZE_FLAG AND file MATCHES "/src/(cli|wasi|diag)/" AND NOT file MATCHES "/(musl_memory|alloc|call|guest|captable|preview1|p1_(args|clock|fd|io|proc|random)|vfs_stdio)\\.c$")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${CW_SIZE_FLAG})
    endif()
    # ... nor what only reports need, disassembling, checks of custom sections, and constant expressions (0.8 % of the instructions of loading CPython).
    if(CW_SIZE_FLAG AND file MATCHES "/src/(api/exception|code/(const_expr|disasm|hints|rootmap)|link/externtype|wasm/names)\\.c$")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${CW_SIZE_FLAG})
    endif()
    if(file MATCHES "/src/code/(check|translate)\\.c$")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${cw_own_jumps})
    endif()
    if(file MATCHES "/src/interp/")
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${cw_hot})
    else()
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${cw_cold})
    endif()
  endforeach()
endfunction()

function(cw_link_flags target)
  target_link_options(${target} PRIVATE ${cw_instrument})
  if(NOT APPLE AND NOT CW_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "^(Release|MinSizeRel)$")
    target_link_options(${target} PRIVATE -Wl,--gc-sections)
  endif()
endfunction()
