// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoRecord

extension SampleWriter {
  /// What was recorded inside a sample that is there already.
  mutating func write(_ trace: SampleTrace, sample: Int) throws {
    try database.execute(
      sql: """
        UPDATE sample SET launch_count = ?, omitted_launches = ?, partial_launches = ?
        WHERE key = ?
        """,
      arguments: [trace.launches.count, trace.omittedLaunches, trace.isPartial, sample])
    try write(trace.launches, sample: sample)
    try write(trace.steps, sample: sample)
    try write(trace.spans, sample: sample)
  }

  private mutating func write(_ launches: [LaunchRecord], sample: Int) throws {
    let statement = try InsertStatement(
      database,
      """
      INSERT INTO launch (sample_key, position, operation_key, step, layer, enqueue_ns,
        first_start_ns, last_start_ns, first_end_ns, end_ns, last_end_ns, workers)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for (position, launch) in launches.enumerated() {
      let operation = try key(of: .init(op: launch.op, variant: launch.variant))
      let workers = launch.workerNs.map { String($0 &- launch.enqueueNs) }
      statement.bind(sample, at: 1)
      statement.bind(position, at: 2)
      statement.bind(Int(operation), at: 3)
      statement.bind(launch.step, at: 4)
      statement.bind(launch.layer, at: 5)
      statement.bind(launch.enqueueNs, at: 6)
      statement.bind(launch.firstStartNs, at: 7)
      statement.bind(launch.lastStartNs, at: 8)
      statement.bind(launch.firstEndNs, at: 9)
      statement.bind(launch.endNs, at: 10)
      statement.bind(launch.lastEndNs, at: 11)
      statement.bind(workers.isEmpty ? nil : "[" + workers.joined(separator: ",") + "]", at: 12)
      try statement.run()
    }
  }

  private func write(_ steps: [StepRecord], sample: Int) throws {
    let statement = try InsertStatement(
      database,
      """
      INSERT INTO step (sample_key, step, batch_rows, start_ns, end_ns, processor,
        involuntary_switches, minor_faults, major_faults, slow)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for step in steps {
      statement.bind(sample, at: 1)
      statement.bind(step.step, at: 2)
      statement.bind(step.rows, at: 3)
      statement.bind(step.startNs, at: 4)
      statement.bind(step.endNs, at: 5)
      statement.bind(step.processor, at: 6)
      statement.bind(step.involuntarySwitches, at: 7)
      statement.bind(step.minorFaults, at: 8)
      statement.bind(step.majorFaults, at: 9)
      statement.bind(step.isSlow ? 1 : 0, at: 10)
      try statement.run()
    }
  }

  private func write(_ spans: [SpanRecord], sample: Int) throws {
    let statement = try InsertStatement(
      database,
      """
      INSERT INTO span (sample_key, position, name, step, start_ns, end_ns)
      VALUES (?, ?, ?, ?, ?, ?)
      """)
    for (position, span) in spans.enumerated() {
      statement.bind(sample, at: 1)
      statement.bind(position, at: 2)
      statement.bind(StoredForm.text(span.name), at: 3)
      statement.bind(span.step, at: 4)
      statement.bind(span.startNs, at: 5)
      statement.bind(span.endNs, at: 6)
      try statement.run()
    }
  }
}
