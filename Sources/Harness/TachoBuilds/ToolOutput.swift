// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What comes out of a tool's two pipes, read as it comes.
struct ToolOutput {
  /// The last bytes of one stream.
  struct Stream {
    let descriptor: Int32
    var isOpen = true
    private var bytes: [UInt8] = []
    private var line: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    var text: String { String(decoding: bytes.suffix(ToolRun.outputLimit), as: UTF8.self) }

    /// Reads what is there; hands over whole lines.
    fileprivate mutating func take(_ lines: (String) -> Void) {
      var chunk = [UInt8](repeating: 0, count: 64 << 10)
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
      guard count > 0 else {
        isOpen = false
        return
      }
      bytes += chunk[..<count]
      if bytes.count > 2 * ToolRun.outputLimit {
        bytes.removeFirst(bytes.count - ToolRun.outputLimit)
      }
      for byte in chunk[..<count] {
        if byte != 10 && byte != 13 {
          // A line is shown to a person: what is longer is cut.
          if line.count < 400 { line.append(byte) }
        } else if !line.isEmpty {
          lines(String(decoding: line, as: UTF8.self))
          line.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  private(set) var output: Stream
  private(set) var errors: Stream

  init(_ output: Int32, _ errors: Int32) {
    self.output = Stream(output)
    self.errors = Stream(errors)
  }

  /// Whether somebody can still write into either.
  var isOpen: Bool { output.isOpen || errors.isOpen }

  /// Waits for more; `watch` gets each line of standard output, then nil.
  mutating func poll(milliseconds: Int32, _ watch: (String?) -> Void) {
    // A negative descriptor is passed over.
    var entries = [output, errors].map {
      pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0)
    }
    if Glibc.poll(&entries, nfds_t(entries.count), milliseconds) > 0 {
      if entries[0].revents != 0 { output.take { watch($0) } }
      if entries[1].revents != 0 { errors.take { _ in } }
    }
    watch(nil)
  }
}
