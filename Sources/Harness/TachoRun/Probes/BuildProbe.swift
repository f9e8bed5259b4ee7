// SPDX-License-Identifier: Apache-2.0
import CPFM
import CTachoPerf
import Foundation
import TachoCatalog
package import TachoRecord

/// Describes the program that measures: version, revision, compilers, optimisation.
package struct BuildProbe {
  private let version: String
  private let executable: String
  private let libraries: [String: String]

  /// `executable` is the file to identify, by default the running one; `libraries` the versions of
  /// those linked that only other parts of the program can ask.
  package init(version: String, executable: String? = nil, libraries: [String: String] = [:]) {
    self.version = version
    self.libraries = libraries
    self.executable =
      executable ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? ""
  }

  package func record() -> BuildRecord {
    var facts: [String: ConfigurationValue] = [
      "tacho.version": .string(version),
      "build.swift": .string(Self.swiftVersion),
      "build.c_compiler": .string(String(cString: tacho_compiler_version())),
      "build.mode": .string(Self.mode),
      "build.libc": .string("glibc \(String(cString: tacho_libc_version()))"),
      "build.flags": .string("Swift \(Self.isDebug ? "-Onone" : "-O"), \(Self.cFlags)"),
      "build.executable_sha256": executableHash(),
      "library.libpfm": .string(Self.pfmVersion),
    ]
    for (name, version) in libraries { facts["library.\(name)"] = .string(version) }
    facts.merge(revision()) { $1 }
    return BuildRecord(facts: facts)
  }

  private func executableHash() -> ConfigurationValue {
    // The system's tool: Swift without optimisation would need a minute for a large executable.
    guard let output = CommandOutput.of(["sha256sum", "--", executable]),
      let hash = output.split(separator: " ").first, hash.count >= 64
    else { return .unavailable("sha256sum did not read the executable") }
    return .string(String(hash.suffix(64).prefix(16)))
  }

  /// The checkout around the executable, if it is one of Tacho.
  private func revision() -> [String: ConfigurationValue] {
    let folder = (executable as NSString).deletingLastPathComponent
    guard let top = CommandOutput.of(["git", "-C", folder, "rev-parse", "--show-toplevel"]),
      FileManager.default.fileExists(atPath: top + "/Sources/tacho/Tacho.swift"),
      let commit = CommandOutput.of(["git", "-C", top, "rev-parse", "HEAD"])
    else {
      let reason = ConfigurationValue.unavailable("the executable is not in a checkout of Tacho")
      return ["git.revision": reason, "git.dirty": reason]
    }
    let changes = CommandOutput.of([
      "git", "--no-optional-locks", "-C", top, "status", "--porcelain", "--untracked-files=no",
    ])
    return [
      "git.revision": .string(commit),
      "git.dirty": changes.map { .bool(!$0.isEmpty) } ?? .unavailable("git status failed"),
    ]
  }

  /// What the C compiler's macros tell of its flags.
  private static var cFlags: String { String(cString: tacho_compile_flags()) }

  /// Of the library at run time: major in the high half, minor in the low.
  private static var pfmVersion: String {
    let version = pfm_get_version()
    return "\(version >> 16).\(version & 0xFFFF)"
  }

  private static var mode: String { isDebug ? "debug" : "release" }

  /// Whether this program was compiled without optimisation.
  package static var isDebug: Bool {
    #if DEBUG
      return true
    #else
      return false
    #endif
  }

  /// As far as the source can tell at compile time.
  private static var swiftVersion: String {
    #if compiler(>=6.4)
      return "6.4 or later"
    #elseif compiler(>=6.3)
      return "6.3"
    #elseif compiler(>=6.2)
      return "6.2"
    #else
      return "before 6.2"
    #endif
  }
}
