import Foundation

/// One step of a scenario: its plain words, and its keys with their values.
struct Step: Sendable {
    let line: String
    private(set) var words: [String] = []
    private(set) var values: [String: String] = [:]

    init(_ line: String) {
        self.line = line
        var rest = Substring(line)
        while !rest.isEmpty {
            let word = String(rest.prefix { $0 != " " && $0 != "=" })
            rest = rest.dropFirst(word.count)
            if rest.first == "=" {
                rest = rest.dropFirst()
                values[word] = Step.takeValue(off: &rest)
            } else if !word.isEmpty {
                words.append(word)
            }
            rest = rest.drop { $0 == " " }
        }
    }

    /// Takes the value that a text begins with off it.
    private static func takeValue(off text: inout Substring) -> String {
        guard text.first == "\"" else {
            let value = String(text.prefix { $0 != " " })
            text = text.dropFirst(value.count)
            return value
        }
        text = text.dropFirst()
        var value = ""
        while let next = text.popFirst(), next != "\"" {
            if next == "\\", let escaped = text.popFirst() {
                value.append(escaped == "n" ? "\n" : escaped)
            } else {
                value.append(next)
            }
        }
        return value
    }
}

/// A text as it stands in a line.
func quoted(_ text: String) -> String {
    if !text.isEmpty, text.first != "\"", !text.contains(" "), !text.contains("\n") {
        return text
    }
    let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(escaped.replacingOccurrences(of: "\n", with: "\\n"))\""
}

/// `arrearsFen` as `arrears_fen`, `notDone` as `not_done`.
func snake(_ camel: String) -> String {
    var written = ""
    for letter in camel {
        if letter.isUppercase, !written.isEmpty {
            written.append("_")
        }
        written.append(contentsOf: letter.lowercased())
    }
    return written
}
