// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// Keeps a cache of builds within its size: what was used least recently goes first, what somebody holds a
/// lock on stays.
struct CacheEviction {
  /// A program or a slot.
  private struct Item {
    let name: String
    let folder: String
    let bytes: Int
    /// Seconds since 1970.
    let lastUse: Double
  }

  let cache: BuildCache

  func run() throws(BuildError) {
    try removePartial()
    var items: [Item] = []
    for name in names(in: "builds") where !name.hasSuffix(".partial") {
      items.append(item(name, cache.buildFolder(name), stamp: BuildNote.fileName))
    }
    for name in names(in: "slots") {
      items.append(item(name, cache.slotFolder(name), stamp: "index"))
    }
    var total = items.reduce(0) { $0 + $1.bytes }
    for item in items.sorted(by: { ($0.lastUse, $0.name) < ($1.lastUse, $1.name) }) {
      guard total > cache.sizeLimit else { return }
      guard let lock = try CacheLock.attempt(cache.lockPath(item.name), .exclusive) else {
        continue
      }
      defer { withExtendedLifetime(lock) {} }
      // Renamed first: a half removed program must not look like one.
      let doomed = cache.temporary + "/\(UUID().uuidString)"
      guard rename(item.folder, doomed) == 0 else { continue }
      try? FileManager.default.removeItem(atPath: doomed)
      total -= item.bytes
    }
  }

  /// What processes that were killed left half made.
  private func removePartial() throws(BuildError) {
    for entry in names(in: "builds") where entry.hasSuffix(".partial") {
      let name = String(entry.dropLast(".partial".count))
      guard let lock = try CacheLock.attempt(cache.lockPath(name), .exclusive) else { continue }
      try? FileManager.default.removeItem(atPath: cache.partialFolder(name))
      withExtendedLifetime(lock) {}
    }
    // Nobody needs a snapshot for longer than a build takes.
    for name in names(in: "temporary") {
      let folder = "\(cache.temporary)/\(name)"
      if Self.modified(folder) < Date().timeIntervalSince1970 - 86400 {
        try? FileManager.default.removeItem(atPath: folder)
      }
    }
  }

  private func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(cache.directory)/\(folder)")) ?? []
  }

  private func item(_ name: String, _ folder: String, stamp: String) -> Item {
    Item(
      name: name, folder: folder, bytes: Self.bytes(of: folder),
      lastUse: Self.modified("\(folder)/\(stamp)"))
  }

  /// 0, the oldest, for what is not there: a folder without its stamp is of no use to anybody.
  private static func modified(_ path: String) -> Double {
    var information = stat()
    guard lstat(path, &information) == 0 else { return 0 }
    return Double(information.st_mtim.tv_sec) + Double(information.st_mtim.tv_nsec) / 1e9
  }

  /// What a folder takes on the disk.
  static func bytes(of folder: String) -> Int {
    var total = 0
    guard let names = FileManager.default.enumerator(atPath: folder) else { return 0 }
    for case let name as String in names {
      var information = stat()
      guard lstat("\(folder)/\(name)", &information) == 0 else { continue }
      total += Int(information.st_blocks) * 512
    }
    return total
  }
}
