package dev.linecrew.scenario

import dev.linecrew.Amounts
import dev.linecrew.CancelToken
import dev.linecrew.FileContent
import dev.linecrew.MeterPutOn
import dev.linecrew.MeterTakenOff
import dev.linecrew.Method
import dev.linecrew.Point
import dev.linecrew.StartReading
import dev.linecrew.Stroke
import kotlin.io.path.writeText
import kotlin.reflect.KType
import kotlin.reflect.typeOf

/** Parameters that a line holds in a shape of their own. */
internal class Shapes(private val values: Map<String, String>, private val phone: Phone) {
    private val readers: Map<KType, () -> Any?> = mapOf(
        typeOf<CancelToken?>() to { values["token"]?.let { phone.objects.getValue("cancel_token") } },
        typeOf<List<Stroke>>() to ::strokes,
        typeOf<FileContent>() to ::content,
        typeOf<MeterTakenOff>() to ::takenOff,
        typeOf<MeterTakenOff?>() to ::takenOff,
        typeOf<MeterPutOn>() to ::putOn,
        typeOf<Map<String, String>>() to { pairs("answers", ';').toMap() },
        typeOf<Method>() to ::method,
        typeOf<Amounts>() to { Amounts(cash = fen("cash"), cheque = fen("cheque"), terminal = fen("terminal")) },
    )

    fun know(type: KType): Boolean = type in readers

    fun read(type: KType): Any? = readers.getValue(type)()

    private fun strokes(): List<Stroke> = values.getValue("strokes").split(';').map { stroke ->
        Stroke(stroke.split(',').map { point -> point.split(':').let { (x, y) -> Point(x.toUShort(), y.toUShort()) } })
    }

    private fun content(): FileContent {
        val text = values.getValue("text")
        if (values["as"] != "path") return FileContent.Bytes(text.toByteArray())
        val file = phone.folder.resolve("attached")
        file.writeText(text)
        return FileContent.Path(file.toString())
    }

    private fun takenOff(): MeterTakenOff? = values["removed"]?.let { serial ->
        MeterTakenOff(serial, pairs("indexes", ',').associate { (register, index) -> register to index.toULong() })
    }

    private fun putOn(): MeterPutOn {
        val registers = pairs("registers", ',').associate { (register, reading) ->
            register to reading.split(':').let { (index, digits) -> StartReading(index.toULong(), digits.toUByte()) }
        }
        return MeterPutOn(values.getValue("installed"), values.getValue("multiplier").toULong(), registers)
    }

    private fun method(): Method = when (val name = values["method"]) {
        "cash" -> Method.Cash
        "cheque" -> Method.Cheque(values.getValue("number"), values.getValue("bank"), values.getValue("date"))
        "terminal" -> Method.Terminal(values.getValue("reference"))
        else -> error("no method is called $name")
    }

    private fun fen(key: String): Long = values[key]?.toLong() ?: 0

    /** `1:4711,2:5` */
    private fun pairs(key: String, between: Char): List<Pair<String, String>> =
        values.getValue(key).split(between).filter { it.isNotEmpty() }.map { it.substringBefore(':') to it.substringAfter(':') }
}
