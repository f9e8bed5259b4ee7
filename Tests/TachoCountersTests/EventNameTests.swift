// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoCounters
import TachoRecord
import Testing

/// Encodings against the kernel's header, Intel's and AMD's manuals; and what mistakes are answered with.
@Suite struct EventNameTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    let name: String
    let type: UInt32
    let config: UInt64
    var quantity: CounterReading.Quantity?
    var testDescription: String { name }

    init(
      _ name: String, _ type: UInt32, _ config: UInt64, _ quantity: CounterReading.Quantity? = nil
    ) {
      (self.name, self.type, self.config, self.quantity) = (name, type, config, quantity)
    }
  }

  /// linux/perf_event.h: PERF_TYPE_HARDWARE 0, SOFTWARE 1, HW_CACHE 3, RAW 4.
  ///
  /// A cache event is
  /// cache (L1D 0, LL 2, DTLB 3) | operation (read 0, write 1) << 8 | result (miss 1) << 16.
  static let generic: [Expected] = [
    Expected("cycles", 0, 0, .cycles), Expected("perf::CPU-CYCLES", 0, 0, .cycles),
    Expected("instructions", 0, 1, .instructions), Expected("cache-references", 0, 2),
    Expected("PERF_COUNT_HW_CACHE_MISSES", 0, 3, .llcMisses), Expected("branches", 0, 4),
    Expected("branch-misses", 0, 5, .branchMisses), Expected("ref-cycles", 0, 9),
    Expected("cpu-clock", 1, 0), Expected("task-clock", 1, 1, .taskClock),
    Expected("page-faults", 1, 2, .pageFaults), Expected("faults", 1, 2, .pageFaults),
    Expected("context-switches", 1, 3, .contextSwitches), Expected("cs", 1, 3, .contextSwitches),
    Expected("cpu-migrations", 1, 4, .cpuMigrations), Expected("minor-faults", 1, 5),
    Expected("major-faults", 1, 6), Expected("perf::LLC-LOAD-MISSES", 3, 0x10002),
    Expected("LLC-stores", 3, 0x0102), Expected("L1-dcache-loads", 3, 0),
    Expected("dTLB-load-misses", 3, 0x10003, .dtlbMisses),
    Expected("dTLB-store-misses", 3, 0x10103), Expected("perf_raw::r01c2", 4, 0x1c2),
  ]

  /// Event select | unit mask << 8 | counter mask << 24 | edge << 18 | invert << 23 (Intel SDM volume 3,
  /// 21.2.1).
  ///
  /// Architectural events (21.2.1.2): instructions C0/00, LLC misses 2E/41 (libpfm4 takes
  /// them as masks of LONGEST_LAT_CACHE), branch misses C5/00. AMD PPR for family 19h: retired
  /// instructions C0, retired mispredicted branches C3.
  static let processors: [Expected] = [
    Expected("skx::INST_RETIRED:ANY_P", 4, 0xc0),
    Expected("skx::LONGEST_LAT_CACHE:MISS", 4, 0x412e),
    Expected("skx::LONGEST_LAT_CACHE:REFERENCE", 4, 0x4f2e),
    Expected("skx::INST_RETIRED:ANY_P:c=1", 4, 0x10000c0),
    Expected("skx::INST_RETIRED:ANY_P:c=1:i=1", 4, 0x18000c0),
    Expected("icl::INST_RETIRED:ANY", 4, 0x100), Expected("spr::INST_RETIRED:ANY_P", 4, 0xc0),
    Expected("amd64_fam19h_zen3::RETIRED_INSTRUCTIONS", 4, 0xc0),
    Expected("amd64_fam19h_zen3::RETIRED_BRANCH_INSTRUCTIONS_MISPREDICTED", 4, 0xc3),
  ]

  @Test(arguments: generic) func genericEvents(expected: Expected) throws {
    let event = try EventName.encoding(of: expected.name)
    #expect(event.name == expected.name)
    #expect(event.type == expected.type && event.config == expected.config)
    #expect(event.quantity == expected.quantity)
    #expect(event.isSoftware == (expected.type == 1))
    #expect(!event.excludeUser && !event.excludeKernel)
    #expect(try EventName.meaning(of: expected.name) == .event(event))
  }

  /// A number that overflowed earlier on this thread is not this name's.
  @Test func earlierOverflowsDoNotCount() throws {
    #expect(strtoull("99999999999999999999", nil, 10) == UInt64.max && errno == ERANGE)
    #expect(try EventName.encoding(of: "perf_raw::r01c2").config == 0x1c2)
  }

  #if arch(x86_64)
    @Test(arguments: processors) func eventsOfProcessors(expected: Expected) throws {
      let event = try EventName.encoding(of: expected.name)
      #expect(event.type == expected.type, "\(event)")
      #expect(event.config == expected.config, "\(String(event.config, radix: 16))")
    }

    /// Their codes would count something else here.
    @Test func otherProcessorsEventsAreAbsent() throws {
      for pmu in EventLibrary.pmus where pmu.name == "skx" && !pmu.isPresent {
        #expect(
          try EventName.meaning(of: "skx::INST_RETIRED:ANY_P")
            == .absent(
              reason: "skx (\(pmu.summary)) is not this machine's; present are "
                + EventLibrary.pmus.filter(\.isPresent).map(\.name).joined(separator: ", ")))
      }
      let x86 = EventLibrary.pmus.filter { $0.isPresent && !$0.name.hasPrefix("perf") }
      // Without a processor's own table every processor's names are foreign.
      if x86.isEmpty {
        guard case .absent(let reason) = try EventName.meaning(of: "INST_RETIRED:ANY_P") else {
          Issue.record("it was encoded")
          return
        }
        #expect(reason.hasPrefix("only other processors have it (") && reason.contains(", ..."))
      }
    }
  #endif

  @Test func modifiers() throws {
    let user = try EventName.encoding(of: "cycles:u")
    #expect(user.excludeKernel && !user.excludeUser && user.quantity == .cycles)
    let kernel = try EventName.encoding(of: "cycles:k")
    #expect(kernel.excludeUser && !kernel.excludeKernel)
  }

  @Test func mistakesAreExplained() {
    func complaint(_ name: String) -> String {
      do {
        return "\(try EventName.meaning(of: name))"
      } catch { return "\(error)" }
    }
    #expect(complaint("instrutions").contains("did you mean 'INSTRUCTIONS'?"))
    #expect(complaint("perf::PAGE-FALTS").contains("did you mean 'perf::PAGE-FAULTS'?"))
    #expect(
      complaint("purf::CYCLES").contains("no processor is called 'purf'; did you mean 'perf'?"))
    #expect(complaint("PERF_COUNT_HW_CACHE_LL:REED").contains("PERF_COUNT_HW_CACHE_LL has READ"))
    for name in ["", ":", "::", "perf::", "cycles:q=", "cycles:u=9", "a:b:c:d", "\u{1}"] {
      #expect(complaint(name).contains("cannot count '\(name)'"), "\(complaint(name))")
    }
    #expect(complaint(String(repeating: "x", count: 100_000)).contains("cannot count"))
    #expect(complaint("nonsense").contains("tacho list events"))
  }

  @Test func theLibraryListsEvents() throws {
    let perf = try #require(EventLibrary.pmus.first { $0.name == "perf" })
    #expect(perf.isPresent)
    let events = EventLibrary.events(of: perf)
    #expect(events.contains { $0.name == "CYCLES" && $0.alias == "PERF_COUNT_HW_CPU_CYCLES" })
    let cache = try #require(events.first { $0.name == "PERF_COUNT_HW_CACHE_LL" })
    #expect(Set(cache.masks.map(\.name)).isSuperset(of: ["READ", "WRITE", "MISS", "ACCESS"]))
  }
}
