// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoKernels
import Testing

/// Where threads are placed on made-up machines, and that they run there on this one.
@Suite(.serialized) struct ThreadPlacementTests {
  private func place(
    _ machine: MadeUpMachine, _ threads: Int, busy: [Int: Double] = [:]
  ) throws -> ThreadPlacement {
    ThreadPlacement.choose(threads: threads, try #require(try machine.topology), busy: busy)
  }

  @Test func listsAreReadAndWritten() {
    #expect(ProcessorList.parse("0-3,8,10-14:2\n") == [0, 1, 2, 3, 8, 10, 12, 14])
    #expect(ProcessorList.parse("\n") == [] && ProcessorList.parse("5") == [5])
    for bad in ["x", "1-", "-1", "3-1", "1,,2", "0-9:0", "1-2-3", "0-99999999999"] {
      #expect(ProcessorList.parse(bad) == nil, "\(bad)")
    }
    #expect(ProcessorList.text([8, 0, 1, 2, 1]) == "0-2,8" && ProcessorList.text([]) == "")
    for seed: UInt64 in 1...200 {
      var random = TestRandom(seed: seed)
      let set = Set((0..<random.next() % 40).map { _ in Int(random.next() % 64) })
      #expect(ProcessorList.parse(ProcessorList.text(Array(set))) == set.sorted(), "seed \(seed)")
    }
  }

  @Test func twoSocketsWithSMT() throws {
    // One socket, its first core left to the harness; no second hardware threads.
    let four = try place(.twoSockets, 4)
    #expect(four.processors == [1, 2, 3, 4])
    #expect(four.reason.contains("L3 of 0-7,16-23") && four.reason.contains("16-31"))
    #expect(four.reason.contains("core 0 left to the harness"), "\(four.reason)")
    // All cores of a socket: the other one is left.
    #expect(try place(.twoSockets, 8).processors == Array(0..<8))
    #expect(try place(.twoSockets, 0).processors == Array(0..<8))
    // More than a socket: the whole machine but one core, still no siblings.
    #expect(try place(.twoSockets, 12).processors == Array(1..<13))
    #expect(try place(.twoSockets, 16).processors == Array(0..<16))
    let siblings = try place(.twoSockets, 20)
    #expect(siblings.processors == Array(0..<20) && siblings.reason.contains("SMT siblings"))
    let many = try place(.twoSockets, 33)
    #expect(many.processors.isEmpty && many.reason.contains("33 threads"), "\(many.reason)")
  }

  @Test func busyCoresAreLeftToOthers() throws {
    // Somebody on cores 1 (its second thread, 17) and 3: the other socket is idle.
    let other = try place(.twoSockets, 7, busy: [17: 0.9, 3: 1])
    #expect(other.processors == Array(9..<16) && other.reason.contains("busy: 1,3"))
    // With both sockets half busy there are still 4 idle cores on the first.
    var busy: [Int: Double] = [:]
    for processor in [0, 1, 2, 3, 8, 9, 10, 11, 12] { busy[processor] = 0.8 }
    #expect(try place(.twoSockets, 4, busy: busy).processors == [4, 5, 6, 7])
    // All idle ones of both rather than a busy one.
    #expect(try place(.twoSockets, 7, busy: busy).processors == [4, 5, 6, 7, 13, 14, 15])
    // Nothing idle is enough: nearness counts again, the less busy socket first.
    #expect(try place(.twoSockets, 8, busy: busy).processors == Array(0..<8))
  }

  @Test func hybridProcessors() throws {
    let three = try place(.hybrid, 3)
    #expect(three.processors == [2, 4, 6])
    #expect(three.reason.contains("efficiency cores avoided: 8-15"))
    #expect(try place(.hybrid, 0).processors == [0, 2, 4, 6])
    let six = try place(.hybrid, 6)
    #expect(six.processors == [0, 2, 4, 6, 8, 9] && six.reason.contains("2 efficiency cores"))
    #expect(try place(.hybrid, 14).processors == [0, 2, 4, 6] + Array(8..<16) + [1, 3])
    // Without names of kinds the capacities tell; a few percent are none.
    var machine = MadeUpMachine.hybrid
    (machine.performance, machine.efficiency) = (nil, nil)
    for index in machine.cores.indices {
      machine.cores[index].capacity = index < 4 ? 1024 - 10 * index : 446
    }
    #expect(try place(machine, 3).processors == [2, 4, 6])
  }

  @Test func oneCacheOfMany() throws {
    #expect(try place(.clusters, 3).processors == [1, 2, 3])
    #expect(try place(.clusters, 4).processors == [0, 1, 2, 3])
    #expect(try place(.clusters, 3, busy: [2: 1]).processors == [5, 6, 7])
    let five = try place(.clusters, 5)
    #expect(five.processors == [1, 2, 3, 4, 5] && five.reason.contains("NUMA node 0"))
  }

  @Test func smallVirtualMachine() throws {
    let one = try place(.smallVirtual, 1)
    #expect(one.processors == [1] && one.reason.contains("core 0 left"))
    let two = try place(.smallVirtual, 2)
    #expect(two.processors == [0, 1] && !two.reason.contains("left to the harness"))
    #expect(try place(.smallVirtual, 3).processors.isEmpty)
    var bare = MadeUpMachine.smallVirtual
    bare.showsCaches = false
    #expect(try place(bare, 1).processors == [1])
  }

  @Test func aCpusetIsKeptTo() throws {
    var machine = MadeUpMachine.twoSockets
    // Cores 2 and 3 with both threads, 9 with its second alone.
    machine.allowed = "2-3,18-19,25"
    #expect(try place(machine, 1).processors == [3])
    #expect(try place(machine, 2).processors == [2, 3])
    #expect(try place(machine, 3).processors == [2, 3, 25])
    #expect(try place(machine, 5).processors == [2, 3, 25, 18, 19])
    let six = try place(machine, 6)
    #expect(six.processors.isEmpty && six.reason.contains("2-3,18-19,25"), "\(six.reason)")
    machine.allowed = "40-41"
    #expect(try machine.topology == nil)
  }

  /// Whatever the machine: only allowed processors, none twice, as many as wanted or none, no core twice while
  /// another is free, no efficiency core while a fast one is free.
  @Test func placementsAreSound() throws {
    for seed: UInt64 in 1...150 {
      var random = TestRandom(seed: seed)
      func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
      let (count, smt, perCache) = (1 + below(12), 1 + below(2), 1 + below(6))
      let nodes = 1 + below(2)
      let slowFrom = below(2) == 0 ? count : below(count) + 1
      let machine = MadeUpMachine(
        cores: (0..<count).map { core in
          .init(
            threads: (0..<smt).map { core + $0 * count }, cache: core / perCache,
            node: core * nodes / count, package: core * nodes / count,
            capacity: core < slowFrom ? 1024 : 300)
        },
        allowed: ProcessorList.text((0..<count * smt).filter { $0 == 0 || below(4) > 0 }))
      let topology = try #require(try machine.topology, "seed \(seed)")
      let busy = Dictionary(
        uniqueKeysWithValues: (0..<count * smt).map { ($0, Double(below(3)) / 2) })
      let wanted = 1 + below(count * smt + 1)
      let placed = ThreadPlacement.choose(threads: wanted, topology, busy: busy)
      let words = "seed \(seed), \(wanted) of \(machine.allowed ?? ""): \(placed)"
      guard wanted <= topology.processors.count else {
        #expect(placed.processors.isEmpty, "\(words)")
        continue
      }
      #expect(placed.processors.count == wanted, "\(words)")
      #expect(Set(placed.processors).count == wanted, "\(words)")
      #expect(Set(placed.processors).isSubset(of: topology.processors), "\(words)")
      let taken = topology.cores.map { core in
        core.processors.count { placed.processors.contains($0) }
      }
      #expect((taken.max() ?? 0) <= 1 || !taken.contains(0), "\(words)")
      let free = zip(topology.cores, taken).contains { !$0.isEfficiency && $1 == 0 }
      let slow = zip(topology.cores, taken).contains { $0.isEfficiency && $1 > 0 }
      #expect(!(free && slow), "\(words)")
    }
  }

  @Test func loadsAreDifferences() {
    let before = ProcessorLoad(
      statistics: """
        cpu  9 9 9 9 9 9 9 9 9 9
        cpu0 100 0 100 800 0 0 0 0 0 0
        cpu1 0 0 0 1000 0 0 0 0 0 0
        cpu2 5 5
        intr 5
        """)
    let after = ProcessorLoad(
      statistics: """
        cpu0 130 0 110 840 10 5 5 0 30 0
        cpu1 0 0 0 1000 0 0 0 0 0 0
        cpu3 1 1 1 1 1 1 1 1
        """)
    // 50 busy ticks of 100; the second processor's clock stands still, the others are in one reading only.
    #expect(after.shares(since: before) == [0: 0.5])
  }

  /// On this machine: each worker has its processor alone, and the caller all of its own again afterwards.
  @Test func workersRunWhereTheyArePlaced() throws {
    let before = ThreadAffinity.allowed()
    let placement = ThreadPlacement.auto(threads: min(2, before.count))
    try #require(!placement.processors.isEmpty, "\(placement.reason)")
    let pool = ThreadPool(threads: placement.processors.count, placement: placement)
    #expect(pool.placementFailure == nil)
    #expect(ThreadAffinity.allowed() == [Int32(placement.processors[0])])
    #expect(pool.unpinned { ThreadAffinity.allowed() } == before)
    #expect(ThreadAffinity.allowed().count == 1)
    for (worker, id) in pool.threadIDs.enumerated() {
      let topology = ProcessorTopology(root: "")
      #expect(topology != nil)
      var list = [CChar](repeating: 0, count: 4096)
      let file = try #require(fopen("/proc/self/task/\(id)/status", "r"))
      defer { fclose(file) }
      var seen: String?
      while fgets(&list, 4096, file) != nil {
        let line = String(
          decoding: list.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if line.hasPrefix("Cpus_allowed_list:") {
          seen = line.dropFirst(18).filter { !$0.isWhitespace }
        }
      }
      #expect(seen == "\(placement.processors[worker])", "worker \(worker)")
    }
    pool.shutDown()
    #expect(ThreadAffinity.allowed() == before)
  }

  @Test func whatCannotBePinnedIsTold() {
    let before = ThreadAffinity.allowed()
    let pool = ThreadPool(
      threads: 2, placement: ThreadPlacement(processors: [8000, 8001], reason: "made up"))
    defer { pool.shutDown() }
    #expect(
      pool.placementFailure?.contains("worker 0 could not be pinned to processor 8000") == true)
    #expect(ThreadAffinity.allowed() == before)
  }

  @Test func theSystemMayTellNothing() throws {
    let placement = ThreadPlacement.auto(threads: 1, root: "/no/such/root")
    #expect(placement.processors.isEmpty && placement.reason.contains("no topology"))
  }
}
