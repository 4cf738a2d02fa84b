// swift-tools-version: 5.9
import PackageDescription

// `cargo xtask swift` writes everything under dist first: the package is not complete without it.

/// A folder with a built `liblinecrew_ffi`, for tests on this machine. Only when it is named are flags used that packages of others may not have.
let library = Context.environment["LINECREW_LIBRARY_FOLDER"]

#if os(Linux)
let linksLibrary = true
#else
let linksLibrary = library != nil
#endif

/// The library's C header: with a library of this machine, or in the XCFramework that holds one for each Apple platform.
let native: Target = linksLibrary
    ? .systemLibrary(name: "LinecrewFFI", path: "dist/LinecrewFFI")
    : .binaryTarget(name: "LinecrewFFI", path: "dist/LinecrewFFI.xcframework")

let linking: [LinkerSetting] = library.map { [.unsafeFlags(["-L\($0)", "-Xlinker", "-rpath", "-Xlinker", $0])] } ?? []

let package = Package(
    name: "Linecrew",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Linecrew", targets: ["Linecrew"])],
    targets: [
        native,
        .target(name: "LinecrewCore", dependencies: ["LinecrewFFI"], path: "dist/LinecrewCore", linkerSettings: linking),
        .target(
            name: "Linecrew",
            dependencies: ["LinecrewCore", "LinecrewFFI"],
            swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]
        ),
        .testTarget(name: "LinecrewTests", dependencies: ["Linecrew"]),
    ]
)
