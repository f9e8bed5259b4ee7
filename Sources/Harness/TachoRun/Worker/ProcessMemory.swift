// SPDX-License-Identifier: Apache-2.0

/// Reads what a process and its children hold in memory that no file backs.
struct ProcessMemory {
  let files: SystemFiles

  /// RssAnon plus RssShmem of the process and up to 63 descendants, in bytes; nil when it is gone.
  func unbackedBytes(of processID: Int32) -> Int? {
    var total: Int?
    var waiting = [processID]
    var seen = 0
    while let next = waiting.popLast(), seen < 64 {
      seen += 1
      guard let status = files.text("/proc/\(next)/status") else { continue }
      total = (total ?? 0) + Self.bytes(inStatus: status)
      let children = files.text("/proc/\(next)/task/\(next)/children") ?? ""
      waiting += children.split(separator: " ").compactMap { Int32($0) }
    }
    return total
  }

  /// `RssAnon:  1234 kB` and `RssShmem:  5 kB` of a status file, in bytes.
  static func bytes(inStatus status: String) -> Int {
    var kibibytes = 0
    for line in status.utf8.split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: "RssAnon:".utf8) || line.starts(with: "RssShmem:".utf8) else {
        continue
      }
      let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      kibibytes += Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }
    return kibibytes << 10
  }
}
