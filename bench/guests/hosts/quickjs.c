/* QuickJS with a script built in, which sees the percentage of work as `scale` and can print. */
#include <stdio.h>
#include <stdlib.h>

#include "quickjs.h"
#include "script.h"

static JSValue print(JSContext *js, JSValueConst self, int argc, JSValueConst *argv) {
    (void)self;
    for (int i = 0; i < argc; i++) {
        const char *text = JS_ToCString(js, argv[i]);
        printf("%s%s", i ? " " : "", text ? text : "?");
        JS_FreeCString(js, text);
    }
    putchar('\n');
    return JS_UNDEFINED;
}

int main(int argc, char **argv) {
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *js = JS_NewContext(runtime);
    JSValue global = JS_GetGlobalObject(js);
    JS_SetPropertyStr(js, global, "print", JS_NewCFunction(js, print, "print", 1));
    JS_SetPropertyStr(js, global, "scale", JS_NewInt32(js, argc > 1 ? atoi(argv[1]) : 100));
    JSValue result = JS_Eval(js, script, sizeof script - 1, "script", JS_EVAL_TYPE_GLOBAL);
    int failed = JS_IsException(result);
    if (failed) {
        JSValue e = JS_GetException(js);
        print(js, JS_UNDEFINED, 1, &e);
        JS_FreeValue(js, e);
    }
    JS_FreeValue(js, result);
    JS_FreeValue(js, global);
    JS_FreeContext(js);
    JS_FreeRuntime(runtime);
    return failed;
}
