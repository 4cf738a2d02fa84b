import Foundation
import Linecrew

/// Why a scenario cannot be played.
struct Unplayable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The keys of a step, and what labels stand for.
struct Arguments: Sendable {
    let values: [String: String]
    let labels: Labels

    /// What must be there.
    func text(_ key: String) throws -> String {
        guard let text = maybe(key) else { throw Unplayable("\(key)= is missing") }
        return text
    }

    func maybe(_ key: String) -> String? {
        values[key].map(labels.id)
    }

    func flag(_ key: String, absent: Bool = false) -> Bool {
        values[key].map { $0 == "true" } ?? absent
    }

    func number<Number: LosslessStringConvertible>(_ key: String) throws -> Number {
        guard let number: Number = try maybeNumber(key) else { throw Unplayable("\(key)= is missing") }
        return number
    }

    func maybeNumber<Number: LosslessStringConvertible>(_ key: String) throws -> Number? {
        try values[key].map { try part($0) }
    }

    /// A variant by its name in snake case.
    func choice<Kind: CaseIterable>(_ key: String) throws -> Kind {
        let name = try text(key)
        guard let choice = Kind.allCases.first(where: { snake("\($0)") == name }) else { throw Unplayable("there is no \(name)") }
        return choice
    }

    /// Money, in fen; nothing when absent.
    func fen(_ key: String) throws -> Fen {
        try maybeNumber(key) ?? 0
    }

    var amounts: Amounts {
        get throws { Amounts(cash: try fen("cash"), cheque: try fen("cheque"), terminal: try fen("terminal")) }
    }

    var method: PaymentMethod {
        get throws {
            switch try text("method") {
            case "cheque": return .cheque(number: try text("number"), bank: try text("bank"), date: try text("date"))
            case "terminal": return .terminal(reference: try text("reference"))
            default: return .cash
            }
        }
    }

    var style: PaperStyle {
        get throws {
            let language: PaperLanguage = try values["language"] == nil ? .chinese : choice("language")
            return PaperStyle(language: language, utcOffsetMinutes: try maybeNumber("utc_offset_minutes") ?? 480)
        }
    }

    var repair: RepairReport {
        get throws {
            let (cause, remedy) = (try text("cause"), try text("remedy"))
            return RepairReport(cause: cause, remedy: remedy, restoredAt: try maybeNumber("restored_at"), handler: maybe("handler"))
        }
    }

    var exchange: MeterExchange {
        get throws {
            MeterExchange(
                removed: try takenOff,
                installed: MeterPutOn(serial: try text("installed"), multiplier: try number("multiplier"), registers: try registers),
                photoRemoved: maybe("photo_removed"),
                photoInstalled: maybe("photo_installed"),
                noPhoto: maybe("no_photo"),
                explanation: maybe("explanation"),
                seals: maybe("seals")
            )
        }
    }

    var takenOff: MeterTakenOff {
        get throws {
            let indexes = try pairs(try text("indexes"), apart: ",")
            return MeterTakenOff(serial: try text("removed"), indexes: try indexes.mapValues { try part($0) })
        }
    }

    private var registers: [String: StartReading] {
        get throws {
            try pairs(try text("registers"), apart: ",").mapValues { reading in
                let parts = reading.split(separator: ":").map(String.init)
                guard parts.count == 2 else { throw Unplayable("\(reading) is no reading") }
                return StartReading(index: try part(parts[0]), digits: try part(parts[1]))
            }
        }
    }

    var strokes: [Stroke] {
        get throws {
            try text("strokes").split(separator: ";").map { stroke in
                Stroke(points: try stroke.split(separator: ",").map { point in
                    let parts = point.split(separator: ":").map(String.init)
                    guard parts.count == 2 else { throw Unplayable("\(point) is no point") }
                    return StrokePoint(x: try part(parts[0]), y: try part(parts[1]))
                })
            }
        }
    }

    var answers: [String: Json] {
        get throws { try pairs(try text("answers"), apart: ";") }
    }

    /// `key:value` pairs; the key ends at the first colon.
    private func pairs(_ text: String, apart separator: Character) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for pair in text.split(separator: separator) {
            guard let colon = pair.firstIndex(of: ":") else { throw Unplayable("\(pair) is no pair") }
            pairs[String(pair[..<colon])] = String(pair[pair.index(after: colon)...])
        }
        return pairs
    }

    private func part<Number: LosslessStringConvertible>(_ text: String) throws -> Number {
        guard let number = Number(text) else { throw Unplayable("\(text) is no such number") }
        return number
    }
}
