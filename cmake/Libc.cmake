# How the cwasm program is linked. The libraries always use the host's C library.
#
#   static-glibc  one static file, glibc
#   musl          one static file, musl (musl-tools): the library's sources are compiled a second time against its headers
#   shared        dynamically, for sanitizers and platforms without static libraries
#
# auto is musl for release builds, then static glibc. Measured (x86-64, clang 19, virtual machine): the program is 0.63 MB with musl and
# 1.32 MB with glibc; hello.wasm takes 0.55 ms against 0.75 ms from start to end, because glibc asks the processor for its caches, which
# a virtual machine answers slowly. musl's own memcpy halves the speed of guests that copy much, and its malloc takes a system call per size:
# src/cli/musl_memory.c and src/cli/alloc.c replace both, after which no guest is slower than with glibc.
include(CheckCSourceCompiles)

set(cw_release OFF)
if(CMAKE_BUILD_TYPE MATCHES "^(Release|MinSizeRel)$" AND NOT CW_SANITIZE AND NOT CW_COVERAGE AND NOT CW_FUZZ)
  set(cw_release ON)
endif()

# musl as Debian's and Ubuntu's musl-dev lay it out; any gcc or clang can compile against it.
set(CW_MUSL_FOUND OFF)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(cw_musl_include "/usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-musl")
  set(cw_musl_lib "/usr/lib/${CMAKE_SYSTEM_PROCESSOR}-linux-musl")
  # libgcc or compiler-rt, and the compiler's own headers
  execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-libgcc-file-name OUTPUT_VARIABLE cw_libgcc
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-file-name=include OUTPUT_VARIABLE cw_compiler_include
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(EXISTS "${cw_musl_include}/stdio.h" AND EXISTS "${cw_musl_lib}/crt1.o" AND EXISTS "${cw_compiler_include}/stddef.h"
      AND EXISTS "${cw_libgcc}")
    set(CW_MUSL_FOUND ON)
    file(GLOB cw_linux_headers "/usr/include/linux")
    file(GLOB cw_asm_headers "/usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu/asm")
    file(GLOB cw_asm_generic_headers "/usr/include/asm-generic")
  endif()
endif()

set(CMAKE_REQUIRED_LINK_OPTIONS -static)
check_c_source_compiles("#include <stdio.h>\nint main(void) { return puts(\"\"); }" CW_STATIC_LINKS)
unset(CMAKE_REQUIRED_LINK_OPTIONS)

set(CW_LIBC_CHOSEN "${CW_LIBC}")
if(CW_LIBC STREQUAL "auto")
  if(cw_release AND CW_MUSL_FOUND)
    set(CW_LIBC_CHOSEN musl)
  elseif(cw_release AND CW_STATIC_LINKS)
    set(CW_LIBC_CHOSEN static-glibc)
  else()
    set(CW_LIBC_CHOSEN shared)
  endif()
elseif(CW_LIBC STREQUAL "musl" AND NOT CW_MUSL_FOUND)
  message(FATAL_ERROR "CW_LIBC=musl: no musl in ${cw_musl_include} (install musl-tools)")
elseif(NOT CW_LIBC MATCHES "^(musl|static-glibc|shared)$")
  message(FATAL_ERROR "CW_LIBC=${CW_LIBC}: must be auto, musl, static-glibc or shared")
endif()

# What runs between exec and exit of a small program lies side by side: a start then touches few pages. cmake/startup.order lists it; here it
# becomes a linker script that adds output sections to the default one: tables in the segment of the ELF header, functions at the beginning of the
# code, variables beside .data, and the large buffers behind everything. GNU ld and lld know INSERT. What the translator has under the same names as the
# check comes last: the smallest programs run in place.
#
# Handlers that programs of many kinds execute (cmake/handlers.order) lie together, each at the begin of a cache line, so that they share the
# instruction cache with nothing else; all others are packed.
function(cw_startup_order target)
  set(script "${CMAKE_BINARY_DIR}/startup.ld")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/startup.order")
  file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/startup.order" rows REGEX "^(text|rodata|bss|large) ")
  foreach(row IN LISTS rows)
    string(REGEX MATCH "^([a-z]+) (.*)$" unused "${row}")
    set(kind "${CMAKE_MATCH_1}")
    set(name "${CMAKE_MATCH_2}")
    if(kind STREQUAL "text")
      if(name MATCHES "^cw_")
        string(APPEND text "    *(.text.${name} .text.${name}.*)\n")
      else()
        string(APPEND text "    *(EXCLUDE_FILE(*translate.c.o) .text.${name} EXCLUDE_FILE(*translate.c.o) .text.${name}.*)\n")
        string(APPEND later "    *translate.c.o(.text.${name} .text.${name}.*)\n")
      endif()
      string(APPEND rodata "    *(.rodata.${name} .rodata.${name}.* .rodata..Lswitch.table.${name} .rodata..Lswitch.table.${name}.*)\n")
    elseif(kind STREQUAL "rodata")
      string(APPEND rodata "    *(.rodata.${name} .rodata.${name}.*)\n")
    else()
      string(APPEND ${kind} "    *(.bss.${name} .bss.${name}.*)\n")
    endif()
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/handlers.order")
  file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/handlers.order" rows REGEX "^h_")
  foreach(row IN LISTS rows)
    if(row MATCHES "__")
      string(APPEND hot "    . = ALIGN(32); *(.text.${row})\n")
    else()
      string(APPEND hot "    . = ALIGN(64); *(.text.${row})\n")
    endif()
  endforeach()
  file(WRITE "${script}.new"
    "SECTIONS\n{\n  .rodata.start : ALIGN(64)\n  {\n    *(.rodata.cst* .rodata.str2.* .rodata.CSWTCH.*)\n    *args.c.o(.rodata.str*)\n    *options.c.o(.rodata.str*)\n    *cmd_run.c.o(.rodata.str*)\n    *preview1.c.o(.rodata.str*)\n    *fstat.lo(.rodata.str*)\n${rodata}  }\n  .rodata.rest : { *(.rodata .rodata.*) }\n  . = ALIGN(0x10000);\n}\nINSERT BEFORE .init;\n"
    "SECTIONS\n{\n  .text.start : ALIGN(64)\n  {\n    *crt1.o(.text .text.*)\n    *(.text.startup.main)\n    *__set_thread_area.lo(.text)\n${text}${later}  }\n}\nINSERT BEFORE .text;\n"
    "SECTIONS\n{\n  .text.hot : ALIGN(64)\n  {\n${hot}  }\n}\nINSERT BEFORE .text;\n"
    "SECTIONS\n{\n  .bss.start (NOLOAD) : ALIGN(16)\n  {\n${bss}  }\n}\nINSERT BEFORE .bss;\n"
    "SECTIONS\n{\n  .bss.large (NOLOAD) : ALIGN(64)\n  {\n${large}  }\n}\nINSERT AFTER .bss;\n")
  file(COPY_FILE "${script}.new" "${script}" ONLY_IF_DIFFERENT)
  set(CMAKE_REQUIRED_LINK_OPTIONS "-Wl,-T,${script}")
  check_c_source_compiles("int main(void) { return 0; }" CW_LINKER_INSERTS)
  if(CW_LINKER_INSERTS)
    target_link_options(${target} PRIVATE "-Wl,-T,${script}")
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${script}")
    if(TARGET cwasm_musl_objects)
      target_compile_definitions(cwasm_musl_objects PRIVATE CW_HANDLERS_ARE_LAID_OUT=1)
    endif()
  endif()
endfunction()

function(cw_libc target)
  set(flavour "${CMAKE_BUILD_TYPE}")
  if(CW_SANITIZE)
    string(APPEND flavour " (${CW_SANITIZE} sanitizer)")
  endif()
  if(CW_STRESS)
    string(APPEND flavour " (stress)")
  endif()
  target_compile_definitions(${target} PRIVATE
    CW_LIBC_NAME="${CW_LIBC_CHOSEN}" CW_BUILD_NAME="${flavour}"
    # Sanitizer and development builds free everything at exit, so that leaks show; the release leaves it to the system.
    CW_FREE_AT_EXIT=$<NOT:$<BOOL:${cw_release}>>)

  if(CW_LIBC_CHOSEN STREQUAL "musl")
    # Kernel headers live beside glibc's; a folder with nothing else in it keeps the two C libraries apart.
    file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/kernel_headers")
    file(CREATE_LINK "/usr/include/linux" "${CMAKE_BINARY_DIR}/kernel_headers/linux" SYMBOLIC)
    file(CREATE_LINK "/usr/include/asm-generic" "${CMAKE_BINARY_DIR}/kernel_headers/asm-generic" SYMBOLIC)
    if(EXISTS "/usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu/asm")
      file(CREATE_LINK "/usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu/asm" "${CMAKE_BINARY_DIR}/kernel_headers/asm" SYMBOLIC)
    else()
      file(CREATE_LINK "/usr/include/asm" "${CMAKE_BINARY_DIR}/kernel_headers/asm" SYMBOLIC)
    endif()
    # Nothing unwinds through the program: without unwind tables it is an eighth smaller.
    set(musl_compile -nostdinc -fno-pie -fno-asynchronous-unwind-tables -fno-unwind-tables)
    foreach(folder "${cw_musl_include}" "${cw_compiler_include}" "${CMAKE_BINARY_DIR}/kernel_headers")
      list(APPEND musl_compile "SHELL:-isystem \"${folder}\"")
    endforeach()
    add_library(cwasm_musl_objects OBJECT ${CW_LIB_SOURCES})
    cw_flags(cwasm_musl_objects)
    target_compile_options(cwasm_musl_objects PRIVATE ${musl_compile})
    target_compile_definitions(cwasm_musl_objects PRIVATE CW_OWN_ALLOCATOR=1)
    target_compile_options(${target} PRIVATE ${musl_compile})
    target_compile_definitions(${target} PRIVATE CW_MUSL_MEMORY=1 CW_OWN_ALLOCATOR=1)
    get_filename_component(libgcc_dir "${cw_libgcc}" DIRECTORY)
    target_link_options(${target} PRIVATE -nostdlib -nostartfiles -static -Wl,-z,noexecstack
      "${cw_musl_lib}/crt1.o" "${cw_musl_lib}/crti.o" -L${cw_musl_lib})
    target_link_libraries(${target} PRIVATE cwasm_musl_objects -Wl,--start-group -lm -lc "${cw_libgcc}" -Wl,--end-group
      "${cw_musl_lib}/crtn.o")
  else()
    target_link_libraries(${target} PRIVATE cwasm_objects m)
    if(CW_LIBC_CHOSEN STREQUAL "static-glibc")
      target_compile_options(${target} PRIVATE -fno-pie)
      target_link_options(${target} PRIVATE -static)
    else()
      target_link_libraries(${target} PRIVATE Threads::Threads)
    endif()
  endif()
  # memcpy and its kin must not be compiled into calls of themselves
  set_property(SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/src/cli/musl_memory.c" APPEND PROPERTY COMPILE_OPTIONS -ffreestanding -fno-builtin)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set_property(SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/src/cli/musl_memory.c" APPEND PROPERTY COMPILE_OPTIONS
      -fno-tree-loop-distribute-patterns)
  endif()
  if(cw_release)
    cw_startup_order(${target})
    if(NOT CMAKE_C_FLAGS MATCHES "-g")
      target_link_options(${target} PRIVATE -s)
    endif()
  endif()
endfunction()
