// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels
import TachoRecord
import TachoWorkloads
import Testing

/// What a model's start reports: its parts in order, repacking, the first token.
@Suite struct LoadWorkloadTests {
  private static func workload(
    _ settings: [String: ConfigurationValue]
  ) throws -> any Workload {
    try Workloads.prepare(kind: "load", TestCache.tiny(settings))
  }

  private static func parts(_ sample: Observation) throws -> LoadTimes { try #require(sample.load) }

  @Test func partsAreInOrder() throws {
    let workload = try Self.workload(["workload.prompt_tokens": 5])
    for seed: UInt64 in [1, 2] {
      let sample = try workload.sample(seed: seed)
      let load = try Self.parts(sample)
      #expect(sample.startNs < load.mappedNs && load.mappedNs < load.readyNs)
      #expect(load.readyNs < sample.endNs)
      #expect(load.repackNs <= load.readyNs - load.mappedNs)
      #expect(sample.promptTokens == 5 && sample.mode == .load)
    }
    #expect(workload.finalFacts["engine.threads"]?.intValue ?? 0 >= 1)
  }

  /// Every sample starts anew: a second one repacks as many bytes as the first.
  @Test func repackingIsDoneEveryTimeOrNever() throws {
    let workload = try Self.workload([:])
    let first = try Self.parts(try workload.sample(seed: 1)).repackedBytes
    #expect(try Self.parts(try workload.sample(seed: 2)).repackedBytes == first)
    let off = try Self.workload(["weights.repack": false])
    let sample = try off.sample(seed: 1)
    #expect(try Self.parts(sample).repackedBytes == 0)
    let reading = LoadRepackSeconds.reading(of: sample)
    guard case .unavailable = reading else {
      Issue.record("repacking that was off has a time: \(String(describing: reading))")
      return
    }
  }

  @Test func firstTokenIsThatOfAGeneration() throws {
    let load = try Self.workload(["workload.prompt_tokens": 9]).sample(seed: 3)
    let generation = try TestCache.generate(["workload.prompt_tokens": 9]).sample(seed: 3)
    #expect(load.outputFingerprint == generation.outputFingerprint)
  }

  @Test func aPromptBeyondTheContextIsAnError() throws {
    let workload = try Self.workload(["workload.prompt_tokens": 100_000])
    #expect(throws: WorkloadError.self) { try workload.sample(seed: 1) }
  }
}
