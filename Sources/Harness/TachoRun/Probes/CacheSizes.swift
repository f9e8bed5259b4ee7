// SPDX-License-Identifier: Apache-2.0

/// The sizes of the first processor's data caches, in bytes, by level; a level that the system does not
/// show is missing.
package struct CacheSizes: Sendable, Hashable {
  package let bytes: [Int: Int]

  package init(files: SystemFiles = SystemFiles()) {
    var bytes: [Int: Int] = [:]
    let root = "/sys/devices/system/cpu/cpu0/cache"
    for index in files.names(in: root) where index.hasPrefix("index") {
      guard files.line("\(root)/\(index)/type") != "Instruction",
        let level = files.integer("\(root)/\(index)/level"),
        let size = files.line("\(root)/\(index)/size").flatMap(Self.bytes)
      else { continue }
      bytes[level] = size
    }
    self.bytes = bytes
  }

  /// `48K`, `2048K`, `32M`: as Linux writes sizes of caches.
  static func bytes(_ text: String) -> Int? {
    guard let unit = text.last, let shift = ["K": 10, "M": 20, "G": 30][unit],
      let count = Int(text.dropLast()), count > 0, count < 1 << 32
    else { return nil }
    return count << shift
  }
}
