// SPDX-License-Identifier: Apache-2.0
package import TachoPlan
package import TachoRecord

/// One launch pair from begin to finish: two live workers that take samples in turns.
///
/// Both are started (which first is drawn), greeted and prepared before either is sampled. Warm-up
/// samples alternate until both are warm; then each round takes one sample of each side with the same
/// inputs, in an order drawn for that round. While one measures the other sleeps in its read. What is
/// drawn comes from the seed alone, so the order can be had again.
///
/// When either side fails, the pair has failed, and the other's samples are kept as those of a run
/// that was broken off: half a pair compares with nothing.
package final class PairSession {
  /// One side: a point, and where its workers come from.
  package struct Arm {
    package let planned: PlannedPoint
    package let workers: any WorkerFactory
    package let build: BuildRecord

    package init(planned: PlannedPoint, workers: any WorkerFactory, build: BuildRecord) {
      self.planned = planned
      self.workers = workers
      self.build = build
    }
  }

  /// Which pair of which point it is, and where in the executed order it comes.
  package struct Place: Sendable, Hashable {
    package let index: Int
    package let order: Int
    package let planIndex: Int
    package let seed: UInt64
    /// The gate's series the pair belongs to.
    package let series: String?

    package init(
      index: Int, order: Int, planIndex: Int, seed: UInt64, series: String? = nil
    ) {
      self.index = index
      self.order = order
      self.planIndex = planIndex
      self.seed = seed
      self.series = series
    }
  }

  /// Everything of one side that changes.
  private struct State {
    let arm: Arm
    var run: RunRecord
    var worker: (any Worker)?
    var taken = 0
    var dropped: [Double] = []
    var isWarm: Bool
    var traces = TraceFetch()

    init(arm: Arm, run: RunRecord) {
      self.arm = arm
      self.run = run
      isWarm = arm.planned.policy.warmupMax == 0
    }

    var policy: MeasurementPolicy { arm.planned.policy }
    func conversation() throws(WorkerFailure) -> WorkerConversation {
      guard let worker else { throw WorkerFailure(.failed, "it was not started") }
      return WorkerConversation(worker: worker, policy: policy)
    }
  }

  private struct Failure: Error {
    let side: PairSide
    let cause: WorkerFailure
  }

  private let runner: PairRunner
  private var random: ShuffleStream
  private var states: [PairSide: State]
  private var pair: PairRecord

  package init(runner: PairRunner, base: Arm, candidate: Arm, place: Place) {
    self.runner = runner
    // Apart from the stream that orders the pairs, which may have the same seed.
    random = ShuffleStream(seed: place.seed, block: 0x7061_6972 &+ UInt64(place.order))
    func run(_ arm: Arm, _ side: Int) -> RunRecord {
      RunRecord(
        id: runner.makeID(), sweepID: runner.sweep.id, point: arm.planned.point,
        launch: 2 * place.index + side, order: 2 * place.order + side, planIndex: place.planIndex,
        startedAt: runner.clock.timestamp(), policy: arm.planned.policy)
    }
    let first = State(arm: base, run: run(base, 0))
    let second = State(arm: candidate, run: run(candidate, 1))
    states = [.base: first, .candidate: second]
    pair = PairRecord(
      id: runner.makeID(), sweepID: runner.sweep.id, index: place.index, order: place.order,
      base: .init(runID: first.run.id, buildID: base.build.id),
      candidate: .init(runID: second.run.id, buildID: candidate.build.id), seed: place.seed,
      startedFirst: .base, startedAt: runner.clock.timestamp(), series: place.series)
    pair.startedFirst = drawOrder()[0]
  }

  /// Throws only what the sink throws; everything else becomes the status and reason of the pair and
  /// its runs.
  package func perform() throws -> PairRecord {
    for side in PairSide.allCases { try with(side) { try runner.sink.begin($0.run) } }
    try runner.sink.begin(pair, builds: states.values.map(\.arm.build))
    if let run = states[.base]?.run { runner.observer?.runBegan(run) }
    defer { for state in states.values { state.worker?.end(graceSeconds: 0) } }
    do {
      try start()
      let verdict = try takeSamples()
      for side in PairSide.allCases {
        try with(side) { state in
          let id = state.run.id
          try state.traces.fetch(from: state.conversation(), into: runner.sink) {
            try runner.event($0, $1, runID: id)
          }
        }
      }
      try finishRuns(verdict)
    } catch let failure as Failure {
      try fail(failure)
    }
    pair.finishedAt = runner.clock.timestamp()
    try runner.sink.finish(pair)
    if var run = states[.base]?.run {
      // One line of progress for the pair.
      run.status = pair.status
      run.reason = pair.reason
      runner.observer?.runEnded(run)
    }
    return pair
  }

  private func drawOrder() -> [PairSide] { random.shuffled(PairSide.allCases) }

  private func with<Value>(_ side: PairSide, _ body: (inout State) throws -> Value) throws -> Value
  {
    guard var state = states[side] else { preconditionFailure("a pair has two sides") }
    // Kept whatever happens: facts may be known although the worker failed.
    defer { states[side] = state }
    do {
      return try body(&state)
    } catch let cause as WorkerFailure {
      throw Failure(side: side, cause: cause)
    }
  }

  private func start() throws {
    let order = pair.startedFirst == .base ? [PairSide.base, .candidate] : [.candidate, .base]
    for side in order {
      try with(side) { $0.worker = try $0.arm.workers.start($0.arm.planned) }
    }
    for side in order { try with(side) { try $0.conversation().greet(&$0.run) } }
    for side in order { try with(side) { try $0.conversation().prepare(&$0.run) } }
  }

  /// Until there are enough rounds; says why it stopped.
  private func takeSamples() throws -> String {
    while states.values.contains(where: { !$0.isWarm }) {
      for side in drawOrder() where states[side]?.isWarm == false {
        // That a sample was no warm-up shows only afterwards, outside of any round: it is dropped too.
        try sample(side, round: nil)
      }
    }
    let policy = states[.base]?.policy ?? MeasurementPolicy()
    let began = runner.clock.seconds()
    for round in 0..<max(policy.samplesMax, 1) {
      if round >= policy.samplesMin, runner.clock.seconds() - began >= policy.secondsMax {
        return "\(round) rounds: the time is used up"
      }
      for side in drawOrder() { try sample(side, round: round) }
    }
    return "\(max(policy.samplesMax, 1)) rounds: the most asked for"
  }

  /// One sample between two looks at the environment; nil for the round is warm-up.
  private func sample(_ side: PairSide, round: Int?) throws {
    try with(side) { state in
      guard runner.interruption.requests == 0 else {
        throw WorkerFailure(.interrupted, "interrupted after \(state.taken) samples")
      }
      let conversation = try state.conversation()
      // Both sides get a round's inputs by the base's point; warm-up has its own, which count down.
      let seedIndex = round ?? -1 - state.taken
      let seed = SampleSeed.seed(
        pointID: states[.base]?.run.point.id ?? state.run.point.id, index: seedIndex)
      let startedAt = runner.clock.timestamp()
      let before = runner.environment.read(processID: conversation.worker.processID)
      let asked = runner.clock.seconds()
      let reply = try conversation.ask(
        .sample(index: state.taken, seed: seed), timeout: state.policy.timeoutSeconds,
        grace: WorkerConversation.interruptGraceSeconds)
      let wall = runner.clock.seconds() - asked
      let after = runner.environment.read(processID: conversation.worker.processID)
      guard case .sample(var observation) = reply else {
        throw WorkerConversation.unexpected(reply, to: "sample")
      }
      observation.roundTripNs = Int(wall * 1e9)
      if let complaint = observation.complaint {
        throw WorkerFailure(
          .failed, "the worker's observation \(state.taken) is impossible: \(complaint)")
      }
      let environment = EnvironmentSentinel.difference(from: before, to: after, wallSeconds: wall)
      let sample = SampleRecord(
        runID: state.run.id, index: state.taken, warmup: round == nil, startedAt: startedAt,
        observation: observation, measurements: MetricRules.measurements(of: observation),
        flag: EnvironmentSentinel.flag(environment), environment: environment)
      let step = PairRecord.Step(
        position: pair.steps.count, side: side, round: round, sampleIndex: state.taken,
        askedNs: Int(asked * 1e9))
      try runner.sink.append(sample, step, pairID: pair.id)
      runner.observer?.sampled(sample, of: state.run)
      pair.steps.append(step)
      state.traces.note(sample)
      state.taken += 1
      if round == nil {
        let seconds = observation.secondsPerCall
        state.dropped.append(seconds)
        state.isWarm =
          !WarmupRule(state.policy).drops(
            seconds, after: Array(state.dropped.dropLast()))
          || state.dropped.count >= state.policy.warmupMax
      }
    }
  }

  private func finishRuns(_ verdict: String) throws {
    pair.status = .completed
    pair.reason = verdict
    for side in PairSide.allCases {
      do {
        try with(side) { try $0.conversation().finish(&$0.run) }
      } catch let failure as Failure {
        // The samples are on record: whatever happens now is a remark, not a failure.
        try runner.event("worker-finish", failure.cause.reason, runID: states[side]?.run.id)
      }
      states[side]?.worker?.end(graceSeconds: WorkerConversation.leaveSeconds)
      try end(side, .completed, verdict)
    }
  }

  private func fail(_ failure: Failure) throws {
    pair.status = failure.cause.status
    pair.reason = "\(failure.side.rawValue): \(failure.cause.reason)"
    for side in PairSide.allCases {
      states[side]?.worker?.end(graceSeconds: 0)
      if side == failure.side || failure.cause.status == .interrupted {
        try end(side, failure.cause.status, failure.cause.reason)
      } else {
        let partner = "the other side of its pair \(failure.cause.status.rawValue)"
        try end(
          side, failure.cause.status == .skipped ? .skipped : .interrupted,
          "\(partner): \(failure.cause.reason)")
      }
    }
  }

  private func end(_ side: PairSide, _ status: RunStatus, _ reason: String) throws {
    try with(side) { state in
      let tail = state.worker?.outputTail ?? ""
      state.run.stderrTail = tail.isEmpty ? nil : tail
      state.run.status = status
      state.run.reason = reason
      state.run.finishedAt = runner.clock.timestamp()
      try runner.sink.finish(state.run)
    }
  }
}
