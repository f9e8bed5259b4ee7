// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Where progress is shown.
package struct Terminal {
  /// Whether lines can be redrawn.
  package var isInteractive: Bool
  package var columns: () -> Int
  package var write: (String) -> Void

  package init(
    isInteractive: Bool, columns: @escaping () -> Int = { 80 }, write: @escaping (String) -> Void
  ) {
    self.isInteractive = isInteractive
    self.columns = columns
    self.write = write
  }

  /// Standard error, so that standard output stays a report that can be piped.
  package static var standardError: Terminal {
    let dumb = getenv("TERM").map { String(cString: $0) } == "dumb"
    return Terminal(
      isInteractive: isatty(STDERR_FILENO) == 1 && !dumb,
      columns: {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
      },
      write: { text in
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
          let count = bytes[sent...].withUnsafeBytes {
            Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
          }
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { return }
          sent += count
        }
      })
  }
}
