// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The compilers a build is made with, asked once.
package struct Toolchain: Sendable, Hashable {
  /// The command: a name searched in the PATH, or a path.
  package let swift: String
  /// What each says of its version, in one line.
  package let swiftVersion: String
  package let cCompilerVersion: String
  /// As the kernel names it: x86_64, aarch64.
  package let architecture: String

  package init(swift: String, swiftVersion: String, cCompilerVersion: String, architecture: String)
  {
    self.swift = swift
    self.swiftVersion = swiftVersion
    self.cCompilerVersion = cCompilerVersion
    self.architecture = architecture
  }

  /// Asks a toolchain, by default the one on the PATH, about its compilers.
  package static func asking(swift: String = "swift") throws(BuildError) -> Toolchain {
    let compiler = try version([swift, "--version"], what: "Swift")
    var system = utsname()
    uname(&system)
    let architecture = withUnsafeBytes(of: &system.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return Toolchain(
      swift: swift, swiftVersion: compiler,
      cCompilerVersion: try version([cCompiler(swift), "--version"], what: "the C compiler"),
      architecture: architecture)
  }

  /// What SwiftPM takes: `CC`, else the clang that came with Swift, else the PATH's.
  private static func cCompiler(_ swift: String) -> String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["CC"], !named.isEmpty { return named }
    var folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    if swift.contains("/") { folders = [(swift as NSString).deletingLastPathComponent] }
    let name = (swift as NSString).lastPathComponent
    for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
      // The PATH may hold a link into the toolchain.
      guard let real = realpath("\(folder)/\(name)", nil) else { continue }
      defer { free(real) }
      let beside = (String(cString: real) as NSString).deletingLastPathComponent + "/clang"
      if access(beside, X_OK) == 0 { return beside }
    }
    return "clang"
  }

  private static func version(_ command: [String], what: String) throws(BuildError) -> String {
    let run = try ToolRun.run(.init(arguments: command, timeout: 60))
    guard run.succeeded, !run.output.isEmpty else {
      throw BuildError(
        .failed,
        "\(what) does not say its version (\(command.joined(separator: " "))): \(run.reason)")
    }
    return run.output.split(separator: "\n").joined(separator: "; ")
  }
}
