// swift-tools-version: 6.2
import PackageDescription

/// Every room builds with warnings as errors and sees only what it imports itself, so the builder enforces the layers
/// that ARCHITECTURE.md draws.
let swiftSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]
let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

func room(_ name: String, imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: swiftSettings)
}

func tests(of name: String, imports: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name)] + imports, swiftSettings: swiftSettings)
}

let package = Package(
    name: "lancet",
    products: [
        .executable(name: "lancet", targets: ["lancet"]),
        .executable(name: "lancet-bench", targets: ["lancet-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "CKernels", cSettings: cSettings),
        .systemLibrary(name: "CLibEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .target(name: "CEditLine", dependencies: ["CLibEdit"], cSettings: cSettings),
        .target(name: "CFiles", cSettings: cSettings),

        room("Documents"),
        room("Tensors"),
        room("Plots", imports: ["Tensors"]),
        room("Tokenizers", imports: ["Tensors", "Documents"]),
        room("Language"),
        room("Formats", imports: ["Tensors"]),
        room("Storage", imports: ["Documents", "Tensors", "Formats", "CKernels", "CFiles"]),
        room("Kernels", imports: ["Tensors", "Formats", "CKernels"]),
        room("Inference", imports: ["Tensors", "Formats", "Kernels"]),
        room(
            "Architectures",
            imports: ["Inference", "Storage", "Tokenizers", "Documents", "Tensors", "Formats", "Kernels"]),
        room("Scoring", imports: ["Inference", "Tensors", "Formats", "Kernels"]),
        room("Surgery", imports: ["Scoring", "Inference", "Storage", "Tensors", "Formats", "Kernels"]),
        room(
            "Workbench",
            imports: [
                "Surgery", "Scoring", "Architectures", "Inference", "Kernels", "Storage", "Formats", "Language",
                "Tokenizers", "Plots", "Documents", "Tensors", crypto,
            ]),
        room(
            "Terminal",
            imports: ["Workbench", "Language", "Plots", "Documents", "Kernels", "Tensors", "CEditLine", argumentParser]),
        .executableTarget(name: "lancet", dependencies: ["Terminal"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "lancet-bench",
            dependencies: [
                "Surgery", "Scoring", "Architectures", "Inference", "Kernels", "Storage", "Formats", "Tokenizers",
                "Documents", "Tensors",
            ],
            swiftSettings: swiftSettings),

        .executableTarget(name: "lancet-fuzz", dependencies: ["FuzzSupport"], swiftSettings: swiftSettings),

        .target(
            name: "TestSupport", dependencies: ["Tensors", "Storage", "Documents", "Formats"],
            path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .target(
            name: "TeachingSupport",
            dependencies: [
                "Architectures", "Scoring", "Inference", "Kernels", "Tokenizers", "Documents", "TestSupport",
            ],
            path: "Tests/TeachingSupport", swiftSettings: swiftSettings),
        .target(
            name: "FuzzSupport",
            dependencies: [
                "Architectures", "Inference", "Kernels", "Storage", "Tokenizers", "Documents", "Formats", "Tensors",
                "TestSupport",
            ],
            path: "Tests/FuzzSupport", swiftSettings: swiftSettings),
        tests(of: "Documents"),
        tests(of: "Tensors"),
        tests(of: "Plots", imports: ["Tensors"]),
        tests(of: "Tokenizers", imports: ["Storage", "Documents", "TestSupport"]),
        tests(of: "Language"),
        tests(of: "FuzzSupport", imports: ["TestSupport"]),
        tests(of: "Formats", imports: ["Tensors", "Documents", "TestSupport"]),
        tests(of: "Storage", imports: ["Formats", "Tensors", "Documents", "TestSupport", crypto]),
        tests(of: "Kernels", imports: ["Formats", "Tensors", "Storage", "Documents", "CKernels", "TestSupport"]),
        tests(
            of: "Inference",
            imports: ["Architectures", "Kernels", "Storage", "Formats", "Tensors", "Documents", "TestSupport"]),
        tests(
            of: "Architectures",
            imports: [
                "Inference", "Storage", "Kernels", "Formats", "Tensors", "Tokenizers", "Documents", "TestSupport",
            ]),
        tests(
            of: "Scoring",
            imports: [
                "Architectures", "Inference", "Kernels", "Storage", "Formats", "Tensors", "Tokenizers", "Documents",
                "TestSupport", "TeachingSupport",
            ]),
        tests(
            of: "Surgery",
            imports: [
                "Scoring", "Architectures", "Inference", "Kernels", "Storage", "Formats", "Tensors", "Tokenizers",
                "Documents", "TestSupport", "TeachingSupport",
            ]),
        tests(
            of: "Workbench",
            imports: [
                "Language", "Surgery", "Scoring", "Architectures", "Inference", "Storage", "Formats", "Tensors",
                "Documents", "Plots", "TestSupport",
            ]),
        .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal", cSettings: cSettings),
        .executableTarget(
            name: "lineeditor-probe", dependencies: ["Terminal", "Tensors"], path: "Tests/LineEditorProbe",
            swiftSettings: swiftSettings),
        tests(
            of: "Terminal",
            imports: [
                "Workbench", "Language", "Documents", "Plots", "Tensors", "CEditLine", "TestSupport",
                "CPseudoTerminal", "lineeditor-probe", "lancet",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
