package dev.linecrew

import java.nio.file.Files
import java.nio.file.Path

/** What this process takes of the machine, as the kernel counts, and of its heap. */
internal data class Footprint(val residentKb: Long, val heapKb: Long, val threads: Int, val files: Int) {
    override fun toString() = "${residentKb / 1024} MB resident, ${heapKb / 1024} MB of the heap, $threads threads, $files files"

    companion object {
        /** After everything that is garbage was collected: objects of the library are freed by it. */
        fun now(): Footprint {
            repeat(3) {
                System.gc()
                Thread.sleep(SETTLES_MS)
            }
            val status = Files.readAllLines(Path.of("/proc/self/status"))
            fun value(name: String) = status.first { it.startsWith("$name:") }.split(Regex("\\s+"))[1].toLong()
            val files = Files.list(Path.of("/proc/self/fd")).use { it.count() }
            val heap = Runtime.getRuntime().run { totalMemory() - freeMemory() }
            return Footprint(value("VmRSS"), heap / 1024, value("Threads").toInt(), files.toInt())
        }

        /** Cleaners run on a thread of their own. Nothing is asserted about when: what is measured after it is compared with a wide margin. */
        private const val SETTLES_MS = 200L
    }
}
