#!/usr/bin/env python3
"""Runs rings.wasm in Wasmtime with its default collector: CPU time of the call and peak memory.

    wasmtime_rings.py rings.wasm N          (needs the PyPI package wasmtime)
"""
import pathlib
import resource
import sys
import time

import wasmtime

config = wasmtime.Config()
config.wasm_function_references = True
config.wasm_gc = True
store = wasmtime.Store(wasmtime.Engine(config))
module = wasmtime.Module(store.engine, pathlib.Path(sys.argv[1]).read_bytes())
rings = wasmtime.Instance(store, module, []).exports(store)["rings"]
start = time.process_time()
rings(store, int(sys.argv[2]))
print(f"{time.process_time() - start:.2f} s, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
