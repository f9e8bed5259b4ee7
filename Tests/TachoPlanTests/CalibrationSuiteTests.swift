// SPDX-License-Identifier: Apache-2.0
import TachoPlan
import Testing

/// What a calibration measures on machines of several sizes; that it runs is tested with the real kinds.
@Suite struct CalibrationSuiteTests {
  static func machine(
    threads: Int = 2, l3: Int? = 260 << 20, memory: Int? = 24 << 30
  ) -> CalibrationSuite.Machine {
    var caches = [1: 48 << 10, 2: 2 << 20]
    caches[3] = l3
    return .init(
      caches: caches, threads: threads, memoryBytes: memory,
      peaks: [.init(arithmetic: "f32", isa: "avx2"), .init(arithmetic: "int8", isa: "amx")])
  }

  @Test func threadCounts() {
    func counts(_ threads: Int, quick: Bool = false) -> [Int] {
      CalibrationSuite(Self.machine(threads: threads), quick: quick).threadCounts
    }
    #expect(counts(1) == [1] && counts(2) == [1, 2] && counts(6) == [1, 2, 4, 6])
    #expect(counts(64) == [1, 2, 4, 8, 16, 32, 64])
    #expect(counts(64, quick: true) == [1, 64] && counts(1, quick: true) == [1])
  }

  @Test func workingSetsFitTheirLevel() {
    let text = CalibrationSuite(Self.machine(), quick: false).text
    // Half of L1 and L2; four times L2 for each thread in L3; four times L3 in memory.
    for line in ["thread_kib: 24 }", "thread_kib: 1024 }", "thread_kib: 8192 }", "mib: 1040 }"] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(CalibrationSuite(Self.machine(l3: 8 << 20), quick: true).memoryBytes == 1 << 30)
    // A quarter of the memory at most.
    let small = CalibrationSuite(Self.machine(memory: 2 << 30), quick: true)
    #expect(small.memoryBytes == 512 << 20)
  }

  @Test func aShareOfL3NoLargerThanL2IsSaid() {
    // 32 MiB: 2 threads can have 8 MiB each; 8 threads 2 MiB, which lie in L2 as well.
    let eight = CalibrationSuite(Self.machine(threads: 8, l3: 32 << 20), quick: false)
    #expect(eight.text.contains("read-l3:"))
    let level = eight.text.split(separator: "read-l3:")[1].split(separator: "\n")
    #expect(level.contains { $0.contains("engine.threads: [1, 2, 4]") }, "\(level)")
    #expect(eight.omissions.isEmpty)
    let none = CalibrationSuite(Self.machine(threads: 8, l3: 4 << 20), quick: false)
    #expect(!none.text.contains("read-l3:"))
    #expect(none.omissions == ["L3: a thread's share of it is not larger than its L2"])
    let blind = CalibrationSuite(
      .init(caches: [:], threads: 1, memoryBytes: nil, peaks: []), quick: true)
    #expect(blind.omissions.count == 2 && blind.memoryBytes == 1 << 30)
    #expect(!blind.text.contains("wake") && !blind.text.contains("peak"))
  }
}
