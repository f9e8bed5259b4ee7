// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Memory that this process could still take.
package enum SystemMemory {
  /// Bytes the kernel believes it can give out without swapping (MemAvailable of /proc/meminfo), and no
  /// more than this process's control group allows; nil where the system does not say.
  package static func available() -> Int? {
    guard let host = meminfo(text(of: "/proc/meminfo") ?? "") else { return nil }
    guard let group = limit(text(of: "/sys/fs/cgroup/memory.max") ?? "") else { return host }
    return min(host, group)
  }

  /// The bytes of MemAvailable in the text of /proc/meminfo (proc(5)).
  package static func meminfo(_ text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      guard words.count >= 2, let kibibytes = Int(words[1]) else { return nil }
      let bytes = kibibytes.multipliedReportingOverflow(by: 1024)
      return bytes.overflow ? nil : bytes.partialValue
    }
    return nil
  }

  /// The bytes in the text of memory.max (cgroup v2); nil for "max".
  package static func limit(_ text: String) -> Int? {
    Int(text.prefix { $0 != "\n" })
  }

  private static func text(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
