import Foundation
import Linecrew

/// Writes what a call answered from the fields that Swift has of it, as the scenarios' README says: what is mixed up on the way shows.
struct Records: Sendable {
    /// Fields that hold what only chance decides.
    private static let chance: Set = ["digest", "cursor", "retry_after_ms", "store_bytes", "server_url", "svg", "evidence", "next_try"]
    /// Whole numbers from here on are times, in milliseconds since 1970.
    private static let timesFrom: Int64 = 1_000_000_000_000

    let labels: Labels

    func lines(_ answer: Any) -> [String] {
        if answer is Void { return [] }
        guard let answer = present(answer) else { return ["none"] }
        if let list = elements(answer) {
            return list.isEmpty ? ["none"] : list.flatMap { lines($0) }
        }
        guard let fields = parts(of: answer) else { return [written(answer)] }
        var beside: [String] = []
        var below: [String] = []
        for (name, value) in fields {
            let records = elements(value)?.map { parts(of: $0) } ?? []
            if !records.isEmpty, records.allSatisfy({ $0 != nil }) {
                below += records.compactMap { $0 }.map { "  \(name) \(joined($0))" }
            } else {
                beside.append(field(name, value))
            }
        }
        return (beside.isEmpty ? [] : [beside.joined(separator: " ")]) + below
    }

    private func joined(_ fields: [(String, Any)]) -> String {
        fields.map { field($0.0, $0.1) }.joined(separator: " ")
    }

    private func field(_ name: String, _ value: Any) -> String {
        let isSet = Records.chance.contains(name) && present(value) != nil
        return "\(name)=\(isSet ? "set" : written(value))"
    }

    private func written(_ value: Any) -> String {
        guard let value = present(value) else { return "none" }
        switch value {
        case let flag as Bool: return flag ? "true" : "false"
        case let text as String: return labels.written(text)
        case let number as Double: return number.rounded() == number ? String(Int64(number)) : "\(number)"
        case let number as any BinaryInteger: return whole(number)
        default: break
        }
        if let list = elements(value) {
            return "[\(list.map { written($0) }.joined(separator: ","))]"
        }
        if let map = value as? [String: Any] {
            let entries = map.sorted { $0.key < $1.key }.map { "\($0.key)=\(written($0.value))" }
            return "{\(entries.joined(separator: " "))}"
        }
        if let fields = parts(of: value) {
            return "{\(joined(fields))}"
        }
        let variant = Variant(value)
        return snake(variant.name) + (variant.fields.isEmpty ? "" : "{\(joined(variant.fields))}")
    }

    private func whole<Number: BinaryInteger>(_ number: Number) -> String {
        Int64(clamping: number) >= Records.timesFrom ? "set" : "\(number)"
    }
}

/// A variant of an enum, and its fields in the order of their declaration.
struct Variant {
    let name: String
    let fields: [(String, Any)]

    init(_ value: Any) {
        // What an enum holds is one child, called as its variant; fields with names are a tuple in it, also when there is only one.
        if let payload = Mirror(reflecting: value).children.first {
            let values = Mirror(reflecting: payload.value)
            name = payload.label ?? "\(value)"
            fields = values.displayStyle == .tuple ? labelled(values) : [("", payload.value)]
        } else {
            name = "\(value)"
            fields = []
        }
    }
}

/// `NotPermitted:state_not_permitted`, or `Closed`.
func named(_ failure: any Error) -> String {
    // What a task hears of a token that somebody has cancelled.
    if failure is CancellationError { return "Cancelled" }
    let variant = Variant(failure)
    guard let first = variant.fields.first.flatMap({ present($0.1) }) else { return variant.name }
    return "\(variant.name):\(first)"
}

/// A field of a record by its name; none when it has none of it.
func field(_ name: String, of record: Any) -> Any? {
    parts(of: record)?.first { $0.0 == name }?.1
}

/// What is there, of what may be absent.
private func present(_ value: Any) -> Any? {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return value }
    return mirror.children.first.flatMap { present($0.value) }
}

private func elements(_ value: Any) -> [Any]? {
    let mirror = Mirror(reflecting: value)
    return mirror.displayStyle == .collection ? mirror.children.map(\.value) : nil
}

/// In the order of their declaration.
private func parts(of value: Any) -> [(String, Any)]? {
    let mirror = Mirror(reflecting: value)
    return mirror.displayStyle == .struct ? labelled(mirror) : nil
}

private func labelled(_ mirror: Mirror) -> [(String, Any)] {
    mirror.children.map { (snake($0.label ?? ""), $0.value) }
}
