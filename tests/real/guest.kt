// A Kotlin guest: collected objects, casts, closures, exceptions, coroutines, and WASI called directly. Made as a reactor: `_initialize` runs main.
@file:OptIn(kotlin.wasm.ExperimentalWasmInterop::class, kotlin.wasm.unsafe.UnsafeWasmMemoryApi::class)

import kotlin.coroutines.*
import kotlin.wasm.WasmImport
import kotlin.wasm.unsafe.withScopedMemoryAllocator

@WasmImport("wasi_snapshot_preview1", "args_sizes_get")
external fun argsSizesGet(count: Int, bytes: Int): Int

@WasmImport("wasi_snapshot_preview1", "args_get")
external fun argsGet(pointers: Int, bytes: Int): Int

@WasmImport("wasi_snapshot_preview1", "proc_exit")
external fun procExit(status: Int)

fun arguments(): List<String> = withScopedMemoryAllocator { memory ->
    val sizes = memory.allocate(8)
    check(argsSizesGet(sizes.address.toInt(), (sizes + 4).address.toInt()) == 0)
    val count = sizes.loadInt()
    val pointers = memory.allocate(4 * count + 4)
    val text = memory.allocate((sizes + 4).loadInt() + 1)
    check(argsGet(pointers.address.toInt(), text.address.toInt()) == 0)
    List(count) { i ->
        var at = text + ((pointers + 4 * i).loadInt() - text.address.toInt())
        val bytes = mutableListOf<Byte>()
        while (at.loadByte() != 0.toByte()) {
            bytes += at.loadByte()
            at += 1
        }
        bytes.toByteArray().decodeToString()
    }
}

sealed interface Shape
data class Square(val side: Double) : Shape
data class Circle(val radius: Double) : Shape
object Nothing2D : Shape

fun area(shape: Shape): Double = when (shape) {
    is Square -> shape.side * shape.side
    is Circle -> kotlin.math.PI * shape.radius * shape.radius
    Nothing2D -> 0.0
}

fun collections() {
    val words = "the quick fox and the lazy dog and the cat".split(" ")
    val count = words.groupingBy { it }.eachCount().entries.sortedWith(compareBy({ -it.value }, { it.key })).take(3)
    val squares = HashSet<Long>().apply { for (i in 0L until 100000L) add(i * i % 1013) }
    val queue = ArrayDeque((0 until 10).toList()).apply { repeat(3) { addLast(removeFirst()) } }
    println("collections $count ${squares.size} $queue")
    println("shapes ${listOf(Square(1.5), Circle(2.0), Nothing2D).map(::area)} ${Square(2.0) == Square(2.0)} ${Circle(1.0).copy(radius = 3.5)}")
    println("numbers ${Int.MAX_VALUE + 1} ${(-7).mod(3)} ${ULong.MAX_VALUE / 7u} ${1.5e300} ${0.1f + 0.2f} ${"12x".toIntOrNull()}")
    val any: List<Any?> = listOf(1, 2L, "three", 4.5, null, 'c', intArrayOf(6), listOf(7))
    println("casts " + any.map { when (it) { is Int -> "Int"; is Long -> "Long"; is CharSequence -> "text"; is Number -> "Number"; null -> "null"; is Char -> "Char"; is IntArray -> "IntArray"; else -> "other" } })
    println("strings ${"Straße, ".repeat(2).uppercase()} ${"a1b22c333".replace(Regex("[0-9]+")) { "<${it.value.length}>" }} ${"żółw".encodeToByteArray().size}")
}

class Tree(val left: Tree?, val right: Tree?) {
    var up: Tree? = null
    fun size(): Int = 1 + (left?.size() ?: 0) + (right?.size() ?: 0)
}

fun tree(depth: Int): Tree =
    if (depth == 0) Tree(null, null) else Tree(tree(depth - 1), tree(depth - 1)).also { it.left!!.up = it; it.right!!.up = it }

fun garbage() {
    val kept = tree(10)
    var made = 0L
    repeat(300) { made += tree(11).size() }
    println("garbage $made ${kept.size()} ${kept.left!!.up === kept}")
}

class Refused(val code: Int, cause: Throwable) : Exception("refused $code", cause)

fun deep(n: Int): Int = if (n == 0) throw IllegalStateException("at the bottom") else 1 + deep(n - 1)

fun exceptions() {
    val order = mutableListOf<String>()
    try {
        try {
            deep(1000)
        } catch (e: IllegalStateException) {
            order += "caught ${e.message}"
            throw Refused(5, e)
        } finally {
            order += "finally"
        }
    } catch (e: Refused) {
        order += "${e.message} because ${e.cause?.message}"
    }
    val kinds = listOf<() -> Any?>({ listOf(1)[3] }, { "x".toInt() }, { 1 / (order.size - order.size) }, { (order as Any) as String }, { null!! }, { emptyList<Int>().first() })
    println("exceptions $order " + kinds.map { f -> runCatching(f).exceptionOrNull()!!::class.simpleName })
}

fun lazily() {
    val fibonacci = sequence {
        var a = 0L
        var b = 1L
        while (true) {
            yield(a)
            a = b.also { b += a }
        }
    }
    println("sequence ${fibonacci.filter { it % 2 == 0L }.take(8).toList()}")
    var waiting: Continuation<Int>? = null
    val log = mutableListOf<String>()
    suspend fun next(): Int = suspendCoroutine { waiting = it }
    suspend { next() + next() }.startCoroutine(Continuation(EmptyCoroutineContext) { log += "$it" })
    log += "suspended"
    waiting!!.resume(40)
    waiting.resume(2)
    println("coroutine $log")
}

fun main() {
    val args = arguments().drop(1)
    println("args $args")
    when (args.firstOrNull()) {
        "panic" -> throw IllegalArgumentException("on purpose")
        "exit" -> procExit(7)
    }
    collections()
    garbage()
    exceptions()
    lazily()
}
