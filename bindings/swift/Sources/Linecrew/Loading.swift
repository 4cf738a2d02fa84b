import Foundation
import LinecrewCore
import LinecrewFFI

/// The library cannot be used by this app: it is not the one that this code was generated from. Take both from one release.
public struct LinecrewLoadError: Error, Equatable, Sendable {
    /// The version of this code.
    public let expected: String
    /// The version of the library; nil when it cannot say.
    public let found: String?
}

extension LinecrewLoadError: LocalizedError {
    /// A sentence with both versions, for whoever builds the app.
    public var errorDescription: String? {
        guard let found else {
            return "This app needs the library of Linecrew \(expected); the one that was linked does not say what it is."
        }
        return "This app needs the library of Linecrew \(expected); the one that was linked is \(found)."
    }
}

/// Checks the library before anything of it is used: generated code would end the app, without a word about versions.
struct Loading: Sendable {
    let expected: String
    let found: @Sendable () -> String?

    /// The library of this process.
    static let ofThisProcess = Loading(expected: LinecrewVersion.generated, found: versionOfLibrary)

    /// Throws what is wrong with the library, each time anew.
    func require() throws {
        let version = found()
        guard version == expected else {
            throw LinecrewLoadError(expected: expected, found: version)
        }
    }
}

/// Asks the library itself, past generated code: that would end the app at one of another version before it could say which.
@Sendable
func versionOfLibrary() -> String? {
    var status = RustCallStatus()
    let text = uniffi_linecrew_ffi_fn_func_library_version(&status)
    guard status.code == 0 else { return nil }
    defer {
        var freed = RustCallStatus()
        ffi_linecrew_ffi_rustbuffer_free(text, &freed)
    }
    return String(decoding: UnsafeBufferPointer(start: text.data, count: Int(text.len)), as: UTF8.self)
}
