# The interpreter loop is one text, compiled up to three ways: src/interp/dispatch_{switch,goto,tail}.c.
#
# Sets CW_DISPATCHERS (what is linked), CW_DEFAULT_DISPATCHER and CW_DISPATCH_DEFINES:
#   CW_HAVE_SWITCH, CW_HAVE_GOTO, CW_HAVE_TAIL   defined if linked into this build
#   CW_DEFAULT_DISPATCH                          the cwasm_dispatch value that AUTO means
#   CW_PRESERVE_NONE                             defined if handlers use the preserve_none calling convention
#
# Tail calls need a *guaranteed* musttail: without it the loop is not slow but overflows the C stack. Order of speed: tail, goto, switch
# (but clang 19 merges computed gotos again: 0.6x).
include(CheckCSourceCompiles)
include(CheckCSourceRuns)

set(cw_tail_test "
  #define TAIL __attribute__((musttail)) return
  typedef long (*fn)(long n, long sum, const void *table);
  static long even(long n, long sum, const void *table);
  static long odd(long n, long sum, const void *table) {
    if (n == 0) return sum;
    TAIL ((const fn *)table)[0](n - 1, sum + 1, table);
  }
  static long even(long n, long sum, const void *table) {
    if (n == 0) return sum;
    TAIL ((const fn *)table)[1](n - 1, sum + 1, table);
  }
  int main(void) {
    fn table[2] = { even, odd };
    return table[0](20000000, 0, table) == 20000000 ? 0 : 1;
  }")
set(CMAKE_REQUIRED_FLAGS "-O0 -Werror")  # at -O0 only a guarantee makes tail calls
if(CMAKE_CROSSCOMPILING)
  check_c_source_compiles("${cw_tail_test}" CW_CAN_TAIL)
else()
  check_c_source_runs("${cw_tail_test}" CW_CAN_TAIL)
endif()
# preserve_none: clang >= 19 on x86-64 and aarch64. clang 18 has it with errors in the register allocator.
set(CW_CAN_PRESERVE_NONE OFF)
if(CW_CAN_TAIL AND CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
  check_c_source_compiles("
    __attribute__((preserve_none)) static int f(int x) { return x + 1; }
    int main(void) { return f(-1); }" CW_PRESERVE_NONE_COMPILES)
  set(CW_CAN_PRESERVE_NONE ${CW_PRESERVE_NONE_COMPILES})
endif()
unset(CMAKE_REQUIRED_FLAGS)
check_c_source_compiles("
  int main(int argc, char **argv) {
    static const void *const labels[] = { &&a, &&b };
    (void)argv; goto *labels[argc > 1];
    a: return 0; b: return 1;
  }" CW_CAN_GOTO)

# clang needs minutes for the loop as one function, gcc seconds: with clang, gcc compiles those two files if it is there.
set(CW_LOOP_COMPILER "")
if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND NOT CMAKE_CROSSCOMPILING AND NOT CW_SANITIZE AND NOT CW_COVERAGE AND NOT CW_FUZZ)
  find_program(CW_GCC gcc)
  if(CW_GCC)
    set(CW_LOOP_COMPILER "${CW_GCC}")
  endif()
endif()

# What "all" means, slowest first.
set(cw_dispatchers switch)
if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND NOT CW_LOOP_COMPILER)
  if(CW_CAN_TAIL)
    set(cw_dispatchers tail)
  endif()
elseif(NOT CW_SANITIZE)
  if(CW_CAN_GOTO)
    list(APPEND cw_dispatchers goto)
  endif()
  if(CW_CAN_TAIL)
    list(APPEND cw_dispatchers tail)
  endif()
endif()

list(GET cw_dispatchers -1 cw_best)
if(CW_DISPATCH STREQUAL "auto")
  set(CW_DISPATCHERS ${cw_best})
elseif(CW_DISPATCH STREQUAL "all")
  set(CW_DISPATCHERS ${cw_dispatchers})
elseif(CW_DISPATCH MATCHES "^(switch|goto|tail)$")
  string(TOUPPER "${CW_DISPATCH}" cw_upper)
  if(NOT CW_DISPATCH STREQUAL "switch" AND NOT CW_CAN_${cw_upper})
    message(FATAL_ERROR "CW_DISPATCH=${CW_DISPATCH}: ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION} cannot build it")
  endif()
  set(CW_DISPATCHERS ${CW_DISPATCH})
else()
  message(FATAL_ERROR "CW_DISPATCH=${CW_DISPATCH}: must be auto, switch, goto, tail or all")
endif()
list(GET CW_DISPATCHERS -1 CW_DEFAULT_DISPATCHER)

string(TOUPPER "${CW_DEFAULT_DISPATCHER}" cw_upper)
set(CW_DISPATCH_DEFINES CW_DEFAULT_DISPATCH=CWASM_DISPATCH_${cw_upper})
if(CW_CAN_PRESERVE_NONE)
  list(APPEND CW_DISPATCH_DEFINES CW_PRESERVE_NONE=1)
endif()
foreach(name IN LISTS CW_DISPATCHERS)
  string(TOUPPER "${name}" cw_upper)
  list(APPEND CW_DISPATCH_DEFINES CW_HAVE_${cw_upper}=1)
endforeach()

# Compiles dispatch_<name>.c with CW_LOOP_COMPILER; the object's path in ${result}.
function(cw_loop_object name result)
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/src/interp/dispatch_${name}.c")
  set(object "${CMAKE_BINARY_DIR}/dispatch_${name}.o")
  set(loop_flags ${cw_loop_flags})
  if(name STREQUAL "switch")
    set(loop_flags ${cw_switch_flags})
  endif()
  separate_arguments(flags UNIX_COMMAND "${CMAKE_C_FLAGS_${cw_build_type}}")
  separate_arguments(given UNIX_COMMAND "${CMAKE_C_FLAGS}")   # of the builder's flags the defines; others may be another compiler's
  list(FILTER given INCLUDE REGEX "^-[DU].")
  set(defines ${CW_DISPATCH_DEFINES} CW_STRESS=$<BOOL:${CW_STRESS}>)
  list(TRANSFORM defines PREPEND -D)
  add_custom_command(OUTPUT "${object}"
    COMMAND "${CW_LOOP_COMPILER}" -std=gnu17 -D_GNU_SOURCE ${defines} ${flags} ${given} -fPIC ${cw_common} ${cw_hot} ${loop_flags} -Wno-missing-prototypes
      -I "${CMAKE_CURRENT_SOURCE_DIR}/include" -I "${CMAKE_CURRENT_SOURCE_DIR}/src" -isystem "${CMAKE_BINARY_DIR}/third_party"
      -MD -MF "${object}.d" -c "${source}" -o "${object}"
    DEPENDS "${source}" DEPFILE "${object}.d" VERBATIM COMMENT "Building ${object} with gcc")
  set(${result} "${object}" PARENT_SCOPE)
endfunction()
