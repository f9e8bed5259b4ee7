// SPDX-License-Identifier: Apache-2.0

/// Why there is no program to measure.
package struct BuildError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Who has to act.
  package enum Kind: String, Sendable {
    /// The word given names nothing that can be measured.
    case reference
    /// The source was there and the compiler or the linker refused it: a bisection passes over it.
    case doesNotBuild
    /// Somebody asked to stop.
    case cancelled
    /// The disk, git, the network or a tool: says nothing of the source.
    case failed
  }

  package let kind: Kind
  package let message: String
  /// The last lines a failed tool printed, oldest first.
  package let lastLines: [String]
  /// A command for a shell that does the failed step again.
  package let repeatedBy: String?

  package init(
    _ kind: Kind, _ message: String, lastLines: [String] = [], repeatedBy: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.lastLines = lastLines
    self.repeatedBy = repeatedBy
  }

  /// With the system's reason for a call that just failed.
  static func system(_ message: String, _ number: Int32) -> BuildError {
    BuildError(.failed, "\(message): \(SystemReason.text(number))")
  }

  package var description: String {
    var lines = [message]
    lines += lastLines.map { "  " + $0 }
    if let repeatedBy { lines.append("repeat it with: \(repeatedBy)") }
    return lines.joined(separator: "\n")
  }
}
