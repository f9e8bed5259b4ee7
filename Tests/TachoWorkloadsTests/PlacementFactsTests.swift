// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels
import TachoRecord
import TachoWorkloads
import Testing

/// What runs say of where their threads and memory were.
@Suite(.serialized) struct PlacementFactsTests {
  @Test func noneIsTheDefault() throws {
    let workload = try TestCache.generate(["workload.prompt_tokens": 2])
    #expect(workload.facts["engine.placement"] == "none")
    #expect(workload.facts["engine.placement_mask"] == nil)
  }

  /// The output is the same wherever threads run, and the caller may go everywhere again afterwards.
  @Test func autoIsRecorded() throws {
    let before = ThreadAffinity.allowed()
    let threads = min(2, before.count)
    let settings: [String: ConfigurationValue] = [
      "workload.prompt_tokens": 9, "engine.threads": .int(threads),
    ]
    let expected = try TestCache.generate(settings).sample(seed: 3).outputFingerprint
    for kind in ["generate", "load"] {
      let workload = try Workloads.prepare(
        kind: kind,
        TestCache.tiny(settings.merging(["engine.placement": "auto"]) { $1 }))
      #expect(try workload.sample(seed: 3).outputFingerprint == expected, "\(kind)")
      let facts = workload.facts.merging(workload.finalFacts) { $1 }
      let mask = try #require(facts["engine.placement_mask"]?.stringValue)
      let processors = try #require(ProcessorList.parse(mask), "\(mask)")
      #expect(processors.count == threads)
      #expect(Set(processors).isSubset(of: before.map { Int($0) }))
      #expect(facts["engine.placement_reason"]?.stringValue?.isEmpty == false)
      #expect(facts["memory.huge_page_bytes"] != nil)
    }
    #expect(ThreadAffinity.allowed() == before)
  }

  @Test func moreThreadsThanProcessorsAreNotPinned() throws {
    let workload = try Workloads.prepare(
      kind: "kernel",
      Configuration([
        "kernel.op": "null", "engine.placement": "auto",
        "engine.threads": .int(ThreadAffinity.allowed().count + 1), "kernel.iterations": 1,
      ]))
    let mask = workload.facts["engine.placement_mask"]?.stringValue
    #expect(mask?.hasPrefix("unavailable: ") == true, "\(mask ?? "")")
  }

  @Test func aLoadHasAGeneratorThatIsNotPinned() throws {
    let workload = try Workloads.prepare(
      kind: "serve",
      TestCache.tiny([
        "engine.placement": "auto", "engine.threads": 1, "load.arrival": "constant",
        "load.rate": 100, "load.requests": 5,
        "workload.prompt_tokens": 4, "workload.output_tokens": 2,
      ]))
    let before = ThreadAffinity.allowed()
    let sample = try workload.sample(seed: 1)
    #expect(sample.requests?.allSatisfy { $0.failure == nil } == true)
    withExtendedLifetime(workload) {
      #expect(ThreadAffinity.allowed() == before && before.count == 1)
    }
  }

  @Test func openBLASHasThreadsOfItsOwn() {
    let error = #expect(throws: WorkloadError.self) {
      try Workloads.prepare(
        kind: "kernel", Configuration(["kernel.op": "openblas", "engine.placement": "auto"]))
    }
    #expect(error?.code == .badConfiguration)
  }
}
