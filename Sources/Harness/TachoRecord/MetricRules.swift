// SPDX-License-Identifier: Apache-2.0

/// Every metric Tacho computes: one line each in `defined`.
package enum MetricRules {
  private static let defined: [any MetricRule.Type] = [
    SampleSeconds.self,
    SampleOverheadSeconds.self,
    PrefillTokensPerSecond.self,
    PrefillSeconds.self,
    DecodeTokensPerSecond.self,
    GenerateTokensPerSecond.self,
    GenerateOutputTokens.self,
    PrefillPrefixHit.self,
    LatencyTTFT.self,
    LatencyTTFTSend.self,
    LatencyTTFTEngine.self,
    LatencyQueue.self,
    LatencyScheduleLag.self,
    LatencyTPOT.self,
    LatencyInteractivity.self,
    LatencyTTST.self,
    LatencyITLMedian.self,
    LatencyICLMedian.self,
    LatencyE2EL.self,
    LatencyE2ELSend.self,
    LatencyE2ETokensPerSecond.self,
    LatencyMaxStall.self,
    ServeOutputTokensPerSecond.self,
    ServeSteadyTokensPerSecond.self,
    ServeSteadyStart.self,
    ServeSteadyEnd.self,
    ServeSteadyExcludedShare.self,
    ServeTotalTokensPerSecond.self,
    ServeRequestRateOffered.self,
    ServeRequestRateAchieved.self,
    ServeGoodputRate.self,
    ServeGoodputFraction.self,
    ServeEffectiveConcurrency.self,
    ServeQueuedConcurrency.self,
    ServePrefillConcurrency.self,
    ServeDecodeConcurrency.self,
    ServePeakConcurrency.self,
    ServeCompletedRequests.self,
    ServeFailedRequests.self,
    ServeGeneratorSaturated.self,
    LoadSeconds.self,
    LoadRepackSeconds.self,
    LoadFirstTokenSeconds.self,
    LoadResidentShare.self,
    KernelSeconds.self,
    KernelFlopsPerSecond.self,
    KernelBytesPerSecond.self,
    KernelReferenceError.self,
    KernelEvictedBytes.self,
    KernelFirstTouch.self,
    KernelClockShare.self,
    MemoryPeakResident.self,
    DecodeBytesPerToken.self,
    DecodeBytesPerSecond.self,
    LaunchesPerStep.self,
    LaunchExec.self,
    LaunchGap.self,
    LaunchQueue.self,
    LaunchSkew.self,
    LaunchTKLQT.self,
    LaunchBarrierWait.self,
    LaunchImbalance.self,
    LaunchHostOverhead.self,
    StepResidual.self,
    StepSlowShare.self,
    SelfRecoveredDelay.self,
    OSInvoluntarySwitches.self,
    OSMajorFaults.self,
    OSCPUSeconds.self,
    OSAllocations.self,
    OSAllocatedBytes.self,
    CounterInstructions.self,
    CounterCycles.self,
    CounterTaskClock.self,
    CounterIPC.self,
    CounterCPI.self,
    CounterFrequency.self,
    CounterBusyProcessors.self,
    CounterLLCMisses.self,
    CounterBranchMisses.self,
    CounterDTLBMisses.self,
    CounterPageFaults.self,
    CounterContextSwitches.self,
    CounterMigrations.self,
    CounterInstructionsPerToken.self,
    CounterInstructionsPerCall.self,
    EnergyPackageJoules.self,
    EnergyDRAMJoules.self,
    EnergyJoulesPerToken.self,
    EnergyWatts.self,
    CallgrindInstructions.self,
    CallgrindLevel1DataMisses.self,
    CallgrindLastLevelMisses.self,
    CallgrindBranchMisses.self,
  ]

  /// Those, and the distributions over the requests of a load run that follow from some of them.
  package static let all: [any MetricRule.Type] =
    defined + requestQuantities.flatMap { $0.distributions }

  /// The metrics of one request.
  package static var requestQuantities: [any RequestQuantity.Type] {
    defined.compactMap { $0 as? any RequestQuantity.Type }
  }

  package static func metric(id: String) -> Metric? { metrics[id] }

  /// What a gate compares exactly without being asked: it repeats from sample to sample by its nature and
  /// needs no instrument.
  package static let exact: [Metric] = all.filter {
    $0.repeatsExactly && !($0 is any InstrumentMetricRule.Type)
  }
  .map { $0.metric }

  /// Whether it is counted by a companion worker under an instrument, apart from the samples that are timed.
  package static func needsInstrument(id: String) -> Bool {
    all.contains { $0.metric.id == id && $0 is any InstrumentMetricRule.Type }
  }

  private static let metrics = Dictionary(all.map { ($0.metric.id, $0.metric) }) { first, _ in first
  }

  /// Every metric that applies to an observation, then the worker's own under ids that Tacho does not
  /// define: a worker cannot replace a definition, only add to the list.
  package static func measurements(of observation: Observation) -> [Measurement] {
    let isInstrumented = observation.mode == .instrumented
    let rules = all.filter { isInstrumented == ($0 is any InstrumentMetricRule.Type) }
    let defined = rules.compactMap { rule in
      rule.reading(of: observation).map { Measurement(rule.metric, finite($0)) }
    }
    let extra = (isInstrumented ? [:] : observation.extra ?? [:]).sorted { $0.key < $1.key }
      .filter { metric(id: $0.key) == nil }
      .map { id, value in Measurement(foreignMetric(id: id), finite(.value(value))) }
    return defined + extra
  }

  /// A number that no store or report can hold is no number.
  private static func finite(_ reading: Reading) -> Reading {
    guard case .value(let number) = reading, !number.isFinite else { return reading }
    return .unavailable("not a finite number")
  }

  private static func foreignMetric(id: String) -> Metric {
    Metric(
      id: id, unit: .count, better: .neither, version: 0,
      definition: "Computed by the worker; Tacho does not define it.")
  }
}
