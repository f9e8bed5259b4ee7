// SPDX-License-Identifier: Apache-2.0

/// What a failed `swift build` printed, read for its cause.
enum CompilerOutput {
  static let shownLines = 20

  /// From the first error on when it said one, else the last lines.
  static func last(_ lines: [String]) -> [String] {
    let first = lines.firstIndex { $0.contains("error:") } ?? lines.count
    let shown = first < lines.count ? lines[first...].prefix(shownLines) : lines.suffix(shownLines)
    return shown.map { $0.count > 300 ? $0.prefix(300) + "..." : $0 }
  }

  /// The line that says that not the sources are to blame: the network or the disk; nil when there is none.
  static func foreignCause(_ lines: [String]) -> String? {
    lines.first { line in
      foreignTexts.contains { line.contains($0) }
    }.map { String($0.prefix(300)) }
  }

  /// What git, SwiftPM and the system say then.
  private static let foreignTexts = [
    "Could not resolve host", "Failed to clone repository", "Couldn’t fetch updates",
    "Couldn't fetch updates", "unable to access 'http", "No space left on device",
    "Disk quota exceeded", "Cannot allocate memory", "Read-only file system",
    "unable to execute command: Killed",
    "No such module 'PackageDescription'",
  ]

  /// A signal that ended the build from outside.
  static func killed(_ code: Int32) -> String? {
    code == 137 || code == 143 || code == 130
      ? "the build was ended by signal \(code - 128); was the memory used up?" : nil
  }
}
