// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where results go when nothing is said, and how commands talk about them.
enum StoreOptions {
  static let defaultPath = "tacho-results/tacho.sqlite"

  /// Columns of the terminal on standard output, or nil when that is a file or a pipe.
  static var terminalWidth: Int? {
    guard isatty(1) == 1 else { return nil }
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A line for the person, on standard error.
  static func note(_ text: String) {
    StandardStreams.note(text + "\n")
  }
}
