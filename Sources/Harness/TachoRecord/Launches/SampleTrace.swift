// SPDX-License-Identifier: Apache-2.0

/// What a worker recorded inside one sample: kernel launches, forward steps, named host work.
package struct SampleTrace: Sendable, Hashable {
  /// In the order they were launched.
  package var launches: [LaunchRecord]
  package var spans: [SpanRecord]
  package var steps: [StepRecord]
  /// Launches the worker had no room for.
  package var omittedLaunches: Int
  /// Whether only launches next to slow steps were kept.
  package var isPartial: Bool

  package init(
    launches: [LaunchRecord] = [], spans: [SpanRecord] = [], steps: [StepRecord] = [],
    omittedLaunches: Int = 0, isPartial: Bool = false
  ) {
    self.launches = launches
    self.spans = spans
    self.steps = steps
    self.omittedLaunches = omittedLaunches
    self.isPartial = isPartial
  }

  /// What is impossible about it, or nil: times that run backwards, an odd number of worker times.
  package var complaint: String? {
    // Within these bounds no difference of two times overflows.
    let times = -(1 << 61)...(1 << 61)
    for (index, launch) in launches.enumerated() {
      guard launch.workerNs.count % 2 == 0 else {
        return "launch \(index) has \(launch.workerNs.count) worker times: not pairs"
      }
      guard launch.enqueueNs <= launch.firstStartNs, launch.firstStartNs <= launch.lastStartNs,
        launch.firstStartNs <= launch.firstEndNs, launch.firstEndNs <= launch.lastEndNs,
        launch.lastEndNs <= launch.endNs
      else { return "the times of launch \(index) (\(launch.op)) are not in order" }
      guard times.contains(launch.enqueueNs), times.contains(launch.endNs),
        launch.workerNs.allSatisfy(times.contains)
      else { return "a time of launch \(index) (\(launch.op)) is no clock reading" }
    }
    for (index, step) in steps.enumerated() {
      guard step.startNs <= step.endNs, times.contains(step.startNs), times.contains(step.endNs)
      else { return "step \(index) ends before it starts, or its times are no clock readings" }
    }
    for (index, span) in spans.enumerated() {
      guard span.startNs <= span.endNs, times.contains(span.startNs), times.contains(span.endNs)
      else {
        return
          "span \(index) (\(span.name)) ends before it starts, or its times are no clock readings"
      }
    }
    return nil
  }
}

/// Columns, because a decode of a second makes ten thousand launches: names in a table of their own,
/// times as differences.
///
/// `operations`: pairs of name and variant; `op` indexes it. `enqueue`: each minus the one before, the
/// first from 0. `end` and `workers` (a list per launch: start and end of each worker in turn) count
/// from the launch's own enqueue. Engines that do not tell workers apart leave `workers` out and give
/// `firstStart`, `lastStart`, `firstEnd`, `lastEnd`, from the enqueue too.
extension SampleTrace: Codable {
  private enum Key: String, CodingKey {
    case operations, op, step, layer, enqueue, end, workers, firstStart, lastStart, firstEnd
    case lastEnd, spans, steps, omittedLaunches, isPartial
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func column(_ key: Key) throws -> [Int] {
      try container.decodeIfPresent([Int].self, forKey: key) ?? []
    }
    func fail(_ key: Key, _ text: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: text)
    }
    let operations = try container.decodeIfPresent([[String]].self, forKey: .operations) ?? []
    let op = try column(.op)
    let (step, layer) = (try column(.step), try column(.layer))
    let (enqueue, end) = (try column(.enqueue), try column(.end))
    let workers = try container.decodeIfPresent([[Int]].self, forKey: .workers)
    let inner =
      workers == nil ? try [.firstStart, .lastStart, .firstEnd, .lastEnd].map(column) : []
    let columns = [step, layer, enqueue, end] + inner
    guard columns.allSatisfy({ $0.count == op.count }), (workers?.count ?? op.count) == op.count
    else { throw fail(.op, "the columns of the launches are not of one length") }
    var clock = 0
    var launches: [LaunchRecord] = []
    launches.reserveCapacity(op.count)
    for index in op.indices {
      guard operations.indices.contains(op[index]), operations[op[index]].count == 2 else {
        throw fail(.op, "launch \(index) names no pair of 'operations'")
      }
      let name = operations[op[index]]
      clock &+= enqueue[index]
      let base = clock
      if let workers {
        launches.append(
          LaunchRecord(
            op: name[0], variant: name[1], step: step[index], layer: layer[index], enqueueNs: base,
            endNs: base &+ end[index], workerNs: workers[index].map { base &+ $0 }))
      } else {
        launches.append(
          LaunchRecord(
            op: name[0], variant: name[1], step: step[index], layer: layer[index], enqueueNs: base,
            firstStartNs: base &+ inner[0][index], lastStartNs: base &+ inner[1][index],
            firstEndNs: base &+ inner[2][index], lastEndNs: base &+ inner[3][index],
            endNs: base &+ end[index]))
      }
    }
    self.init(
      launches: launches,
      spans: try container.decodeIfPresent([SpanRecord].self, forKey: .spans) ?? [],
      steps: try container.decodeIfPresent([StepRecord].self, forKey: .steps) ?? [],
      omittedLaunches: try container.decodeIfPresent(Int.self, forKey: .omittedLaunches) ?? 0,
      isPartial: try container.decodeIfPresent(Bool.self, forKey: .isPartial) ?? false)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    var indices: [[String]: Int] = [:]
    var operations: [[String]] = []
    let op = launches.map { launch in
      let name = [launch.op, launch.variant]
      if let known = indices[name] { return known }
      indices[name] = operations.count
      operations.append(name)
      return operations.count - 1
    }
    var before = 0
    let enqueue = launches.map { launch in
      defer { before = launch.enqueueNs }
      return launch.enqueueNs &- before
    }
    func offsets(_ time: KeyPath<LaunchRecord, Int>) -> [Int] {
      launches.map { $0[keyPath: time] &- $0.enqueueNs }
    }
    try container.encode(operations, forKey: .operations)
    try container.encode(op, forKey: .op)
    try container.encode(launches.map(\.step), forKey: .step)
    try container.encode(launches.map(\.layer), forKey: .layer)
    try container.encode(enqueue, forKey: .enqueue)
    try container.encode(offsets(\.endNs), forKey: .end)
    if launches.allSatisfy({ !$0.workerNs.isEmpty }) {
      let workers = launches.map { launch in launch.workerNs.map { $0 &- launch.enqueueNs } }
      try container.encode(workers, forKey: .workers)
    } else {
      try container.encode(offsets(\.firstStartNs), forKey: .firstStart)
      try container.encode(offsets(\.lastStartNs), forKey: .lastStart)
      try container.encode(offsets(\.firstEndNs), forKey: .firstEnd)
      try container.encode(offsets(\.lastEndNs), forKey: .lastEnd)
    }
    try container.encode(spans, forKey: .spans)
    try container.encode(steps, forKey: .steps)
    if omittedLaunches > 0 { try container.encode(omittedLaunches, forKey: .omittedLaunches) }
    if isPartial { try container.encode(isPartial, forKey: .isPartial) }
  }
}
