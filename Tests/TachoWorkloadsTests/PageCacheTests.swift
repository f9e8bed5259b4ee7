// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// What is in the page cache, and dropping it.
@Suite(.serialized) struct PageCacheTests {
  /// A file of so many bytes in the tests' own folder.
  private static func file(_ name: String, bytes: Int) throws -> String {
    try FileManager.default.createDirectory(
      atPath: TestCache.directory, withIntermediateDirectories: true)
    let path = TestCache.directory + "/" + name
    try Data(count: bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Whether the folder lies on a disk: a file system in memory drops nothing.
  private static let isOnDisk: Bool = {
    do {
      try PageCache(model: file("probe", bytes: 1 << 16)).dropAll()
      return true
    } catch { return false }
  }()

  @Test(arguments: [1, 4096, 3 << 20, (3 << 20) + 1])
  func whatIsWrittenIsResidentAndWhatIsDroppedIsNot(_ bytes: Int) throws {
    let cache = try PageCache(model: Self.file("bytes-\(bytes)", bytes: bytes))
    #expect(try cache.residentShare() == 1)
    guard Self.isOnDisk else {
      let error = #expect(throws: WorkloadError.self) { try cache.dropAll() }
      #expect(error?.code == .unsupported && error?.message.contains("not reached") == true)
      return
    }
    try cache.dropAll()
    #expect(try cache.residentShare() == 0)
    // One page read is not the whole.
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: cache.files[0]))
    _ = try handle.read(upToCount: 1)
    let share = try cache.residentShare()
    #expect(share > 0 && (bytes < 1 << 20 || share < 1), "\(share)")
  }

  @Test func aMappedFileCannotBeDropped() throws {
    let path = try Self.file("mapped", bytes: 1 << 20)
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    let start = try #require(
      mmap(nil, 1 << 20, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor, 0))
    defer { munmap(start, 1 << 20) }
    let error = #expect(throws: WorkloadError.self) { try PageCache(model: path).dropAll() }
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("stayed in memory") == true, "\(error?.message ?? "")")
  }

  @Test func anAbsentFileIsAnError() {
    #expect(throws: WorkloadError.self) { try PageCache(model: "/no/such/file").dropAll() }
  }

  @Test func everySampleBeginsInItsState() throws {
    let warm = try Workloads.prepare(kind: "load", TestCache.tiny([:]))
    _ = try warm.sample(seed: 1)
    #expect(LoadResidentShare.reading(of: try warm.sample(seed: 1)) == .value(1))
    let settings = TestCache.tiny(["model.page_cache": "dropped"])
    guard Self.isOnDisk else {
      #expect(throws: WorkloadError.self) { try Workloads.prepare(kind: "load", settings) }
      return
    }
    let dropped = try Workloads.prepare(kind: "load", settings)
    for seed: UInt64 in 1...3 {
      let sample = try dropped.sample(seed: seed)
      let share = try #require(LoadResidentShare.reading(of: sample)?.number)
      #expect(share <= PageCache.droppedLimit)
      #expect(sample.outputFingerprint == (try warm.sample(seed: seed)).outputFingerprint)
    }
  }
}
