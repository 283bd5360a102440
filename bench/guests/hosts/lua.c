/* Lua with a script built in. The script gets the percentage of work as `...`. Modules that need a system or coroutines (setjmp) are left out. */
#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#include "script.h"

int main(int argc, char **argv) {
    lua_State *L = luaL_newstate();
    luaL_requiref(L, "_G", luaopen_base, 1);
    luaL_requiref(L, "string", luaopen_string, 1);
    luaL_requiref(L, "table", luaopen_table, 1);
    luaL_requiref(L, "math", luaopen_math, 1);
    lua_settop(L, 0);
    if (luaL_loadbuffer(L, script, sizeof script - 1, "script")) return puts(lua_tostring(L, -1)), 1;
    lua_pushinteger(L, argc > 1 ? atoi(argv[1]) : 100);
    lua_call(L, 1, 0);
    lua_close(L);
    return 0;
}
