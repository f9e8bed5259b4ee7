// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Small text files of /proc and /sys, below a root that tests replace.
package struct SystemFiles: Sendable {
  private let root: String

  package init(root: String = "") {
    self.root = root
  }

  /// The first MiB of a file, or nil when it cannot be read.
  package func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The first MiB of a file as it is, for readings that must be quick.
  package func bytes(_ path: String) -> [UInt8]? {
    let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count < 1 << 20 {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 8 << 10) { buffer, filled in
        repeat {
          count = read(descriptor, buffer.baseAddress, buffer.count)
        } while count < 0 && errno == EINTR
        filled = max(count, 0)
      }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
    }
    return bytes
  }

  /// A file's text without surrounding blanks; nil when there is none.
  package func line(_ path: String) -> String? {
    guard let text = text(path) else { return nil }
    let blank: (Character) -> Bool = { $0.isWhitespace || $0 == "\0" }
    let trimmed = text.drop(while: blank)
    guard let last = trimmed.lastIndex(where: { !blank($0) }) else { return nil }
    return String(trimmed[...last])
  }

  /// The bracketed word of a choice such as `always [madvise] never`.
  package func selectedWord(_ path: String) -> String? {
    guard let line = line(path) else { return nil }
    let word = line.split(separator: " ").first { $0.hasPrefix("[") }
    return word.map { String($0.dropFirst().dropLast()) } ?? line
  }

  package func integer(_ path: String) -> Int? {
    line(path).flatMap { Int($0) }
  }

  /// The names in a folder, sorted; none when it cannot be read.
  package func names(in folder: String) -> [String] {
    guard let stream = opendir(root + folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
