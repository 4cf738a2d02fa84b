import Foundation

/// What is learnt in a scenario, and what it is called there.
final class Labels: @unchecked Sendable {
    private var learnt: [(label: String, value: String)] = []

    func learn(_ label: String, _ value: String) {
        if let known = learnt.firstIndex(where: { $0.label == label }) {
            learnt[known].value = value
        } else {
            learnt.append((label, value))
        }
    }

    func id(_ text: String) -> String {
        learnt.first { $0.label == text }?.value ?? text
    }

    /// A text without what only chance decides: labels for what was learnt, the longest first, `?` for hashes, other ids and times, and of an item's number
    /// only what follows the day.
    func within(_ text: String) -> String {
        let longestFirst = learnt.enumerated().sorted { one, other in
            let (ones, others) = (one.element.value.count, other.element.value.count)
            return ones == others ? one.offset < other.offset : ones > others
        }
        let named = longestFirst.reduce(text) { $0.replacingOccurrences(of: $1.element.value, with: $1.element.label) }
        let fixed = named.replacingOccurrences(of: Labels.drawn, with: "?", options: .regularExpression)
        return fixed.replacingOccurrences(of: "[0-9]{8}-([0-9]{4})", with: "$1", options: .regularExpression)
    }

    /// A text as it is written, by its shape: a ticket is short, the code of a receipt is chance.
    func written(_ text: String) -> String {
        let known = within(text)
        if has(known, "[A-Z0-9]+-[0-9]{8}") {
            return String(known.suffix(8))
        }
        return has(known, "[A-Z0-9]{4}-[A-Z0-9]{4}") ? "?" : quoted(known)
    }

    private static let drawn = "[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{13}"

    private func has(_ text: String, _ shape: String) -> Bool {
        text.range(of: "\\A(?:\(shape))\\z", options: .regularExpression) != nil
    }
}
