// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads what a process and its children hold in memory that no file backs, cheaply enough to be done
/// 50 times a second beside a measurement.
struct ProcessMemory {
  /// The children are looked up at every so many readings.
  private static let childrenEvery = 10
  private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

  private let processID: Int32
  /// `statm` of the process, kept open: reading it again from the start gives fresh figures.
  private let descriptor: Int32
  private var descendants: [Int32] = []
  private var readings = 0

  init(processID: Int32) {
    self.processID = processID
    descriptor = open("/proc/\(processID)/statm", O_RDONLY | O_CLOEXEC)
  }

  func end() {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Anonymous memory in bytes of the process and up to 63 descendants; nil when it is gone.
  mutating func anonymousBytes() -> Int? {
    guard var total = Self.anonymousBytes(descriptor) else { return nil }
    if readings % Self.childrenEvery == 0 { descendants = Self.descendants(of: processID) }
    readings += 1
    for child in descendants {
      let descriptor = open("/proc/\(child)/statm", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      total += Self.anonymousBytes(descriptor) ?? 0
      close(descriptor)
    }
    return total
  }

  private static func descendants(of processID: Int32) -> [Int32] {
    let files = SystemFiles()
    var found: [Int32] = []
    var waiting = [processID]
    while let next = waiting.popLast(), found.count < 63 {
      let children = files.text("/proc/\(next)/task/\(next)/children") ?? ""
      guard !children.isEmpty else { continue }
      let ids = children.split(separator: " ").compactMap { Int32($0) }
      found += ids.prefix(63 - found.count)
      waiting += ids
    }
    return found
  }

  /// Resident less shared pages, the second and third figures of `statm`.
  private static func anonymousBytes(_ descriptor: Int32) -> Int? {
    guard descriptor >= 0 else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer -> Int? in
      let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
      guard count > 0 else { return nil }
      return anonymousBytes(statm: UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
  }

  static func anonymousBytes(statm: UnsafeBufferPointer<UInt8>) -> Int? {
    var figures = (0, 0, 0)
    var position = 0
    for byte in statm {
      if byte == UInt8(ascii: " ") {
        position += 1
        if position > 2 { break }
        figures = (figures.1, figures.2, 0)
      } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        figures.2 = figures.2 &* 10 &+ Int(byte - UInt8(ascii: "0"))
      }
    }
    guard position > 2 else { return nil }
    return max(figures.1 &- figures.2, 0) &* pageBytes
  }
}
