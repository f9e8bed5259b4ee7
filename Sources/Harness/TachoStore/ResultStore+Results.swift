// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoCatalog
package import TachoRecord

extension ResultStore {
  /// Every sweep, the oldest first.
  package func sweeps() throws -> [SweepRecord] {
    try read(doing: "listing sweeps") { database in
      try sweeps(database, "ORDER BY sweep.started_at, sweep.rowid", [])
    }
  }

  /// The sweep begun last, of this suite and of this plan where they are given: what `--resume` takes.
  package func latestSweep(suite: String? = nil, planHash: String? = nil) throws -> SweepRecord? {
    try read(doing: "looking for the latest sweep") { database in
      try sweeps(
        database,
        """
        WHERE (?1 IS NULL OR sweep.suite = ?1) AND (?2 IS NULL OR sweep.plan_hash = ?2)
        ORDER BY sweep.started_at DESC, sweep.rowid DESC LIMIT 1
        """, [suite, planHash]
      ).first
    }
  }

  /// A sweep with its runs in executed order, their samples in the order taken, and its events.
  ///
  /// The requests of load runs, of which there may be very many, come only where they are asked for;
  /// else a sample that has some shows an empty list.
  package func results(
    of sweepID: String, withRequests: Bool = false, launches: Int = .max
  ) throws -> ResultSet.Sweep {
    try read(doing: "reading a sweep") { database in
      guard let record = try sweeps(database, "WHERE sweep.id = ?", [sweepID]).first else {
        let known = try String.fetchAll(database, sql: "SELECT id FROM sweep ORDER BY started_at")
        throw StoreError.noSuchSweep(id: sweepID, known: known)
      }
      let measurements = try self.measurements(database, sweepID)
      let traces = try self.traces(database, sweepID, atMost: launches)
      let requests = withRequests ? try self.requests(database, sweepID) : [:]
      let samples = try self.samples(database, sweepID, measurements, traces, requests)
      let runs = try self.runs(database, sweepID).map {
        ResultSet.Run(record: $0, samples: samples[$0.id] ?? [])
      }
      return ResultSet.Sweep(
        record: record, runs: runs, events: try events(database, sweepID),
        pairs: try pairs(database, sweepID))
    }
  }

  /// The sweep begun last of a suite (or of any), with everything in it; nil when there is none.
  package func results(latest suite: String? = nil) throws -> ResultSet.Sweep? {
    try latestSweep(suite: suite).map { try results(of: $0.id) }
  }

  /// These sweeps, or all, as a report takes them.
  package func resultSet(
    sweepIDs: [String]? = nil, withRequests: Bool = false, launches: Int = .max
  ) throws -> ResultSet {
    let ids = try sweepIDs ?? sweeps().map(\.id)
    return ResultSet(
      sweeps: try ids.map { try results(of: $0, withRequests: withRequests, launches: launches) })
  }

  private func sweeps(
    _ database: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [SweepRecord] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT sweep.*, suite.text AS suite_text, machine.facts AS machine_facts,
          build.facts AS build_facts
        FROM sweep JOIN suite ON suite.hash = sweep.suite_hash
        JOIN machine ON machine.id = sweep.machine_id JOIN build ON build.id = sweep.build_id
        \(condition)
        """, arguments: arguments)
    return try rows.map { row in
      let place = "sweep \(row["id"] as String)"
      var machine = MachineRecord(
        name: row["machine_name"], facts: try facts(row["machine_facts"], "machine of \(place)"))
      machine.id = row["machine_id"]
      var build = BuildRecord(facts: try facts(row["build_facts"], "build of \(place)"))
      build.id = row["build_id"]
      return SweepRecord(
        id: row["id"], suite: row["suite"], planHash: row["plan_hash"],
        suiteText: row["suite_text"], command: row["command"], startedAt: row["started_at"],
        machine: machine, build: build)
    }
  }

  private func facts(_ json: String, _ place: String) throws -> [String: ConfigurationValue] {
    try StoredForm.decode(
      [String: ConfigurationValue].self, json, path: path, place: "facts of \(place)")
  }

  private func runs(_ database: Database, _ sweepID: String) throws -> [RunRecord] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT run.*, point.kind, point.configuration FROM run
        JOIN point ON point.id = run.point_id
        WHERE sweep_id = ? ORDER BY position, run.rowid
        """, arguments: [sweepID])
    return try rows.map { row in
      let id: String = row["id"]
      let status: String = row["status"]
      guard let status = RunStatus(rawValue: status) else {
        throw StoreError.corrupt(path: path, detail: "run \(id) has the status '\(status)'")
      }
      let point = Point(
        benchmark: row["benchmark"], kind: row["kind"], variant: row["variant"],
        configuration: try StoredForm.decode(
          TachoCatalog.Configuration.self, row["configuration"], path: path,
          place: "configuration of run \(id)"),
        axes: try StoredForm.decode(
          [String].self, row["axes"], path: path, place: "axes of run \(id)"))
      return RunRecord(
        id: id, sweepID: sweepID, point: point, launch: row["launch"], order: row["position"],
        planIndex: row["plan_position"],
        startedAt: row["started_at"], finishedAt: row["finished_at"], status: status,
        reason: row["reason"], facts: try facts(row["facts"], "run \(id)"),
        stderrTail: row["stderr_tail"],
        policy: try (row["policy"] as String?).map {
          try StoredForm.policy($0, path: path, place: "policy of run \(id)")
        })
    }
  }

  private func samples(
    _ database: Database, _ sweepID: String, _ measurements: [Int64: [Measurement]],
    _ traces: [Int64: SampleTrace], _ requests: [Int64: [RequestRecord]]
  ) throws -> [String: [SampleRecord]] {
    var result: [String: [SampleRecord]] = [:]
    let counters = try self.counters(database, sweepID)
    let kernelCounters = try self.kernelCounters(database, sweepID)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sample.* FROM sample JOIN run ON run.id = sample.run_id
        WHERE run.sweep_id = ? ORDER BY run_id, sample_index
        """, arguments: [sweepID])
    while let row = try rows.next() {
      let key: Int64 = row["key"]
      let runID: String = row["run_id"]
      let index: Int = row["sample_index"]
      var observation = try StoredForm.decode(
        Observation.self, row["observation"], path: path,
        place: "observation of sample \(index) of run \(runID)")
      observation.trace = traces[key]
      observation.counters = counters[key]
      observation.kernelCounters = kernelCounters[key]
      let environment = try (row["environment"] as String?).map {
        try StoredForm.decode(
          SampleEnvironment.self, $0, path: path,
          place: "environment of sample \(index) of run \(runID)")
      }
      if observation.requests != nil { observation.requests = requests[key] ?? [] }
      result[runID, default: []].append(
        SampleRecord(
          runID: runID, index: index, warmup: row["warmup"], startedAt: row["started_at"],
          observation: observation, measurements: measurements[key] ?? [], flag: row["flag"],
          environment: environment))
    }
    return result
  }

  private func measurements(
    _ database: Database, _ sweepID: String
  ) throws -> [Int64: [Measurement]] {
    let metrics = try self.metrics(database)
    var result: [Int64: [Measurement]] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sample_key, metric_key, value, unavailable_reason FROM measurement
        JOIN sample ON sample.key = measurement.sample_key JOIN run ON run.id = sample.run_id
        WHERE run.sweep_id = ? ORDER BY sample_key, metric_key
        """, arguments: [sweepID])
    while let row = try rows.next() {
      guard let metric = metrics[row[1]] else { continue }
      let value: Double? = row[2]
      let reading =
        value.map { Reading.value($0) } ?? .unavailable(row[3] ?? "no reason was stored")
      result[row[0], default: []].append(Measurement(metric, reading))
    }
    return result
  }

  private func metrics(_ database: Database) throws -> [Int64: Metric] {
    var result: [Int64: Metric] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT * FROM metric") {
      let id: String = row["id"]
      guard let unit = Metric.Unit(rawValue: row["unit"]),
        let better = Metric.Direction(rawValue: row["better"])
      else { throw StoreError.corrupt(path: path, detail: "metric \(id) has an unknown unit") }
      result[row["key"]] = Metric(
        id: id, unit: unit, better: better, version: row["version"], definition: row["definition"])
    }
    return result
  }

  private func events(_ database: Database, _ sweepID: String) throws -> [EventRecord] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM event WHERE sweep_id = ? ORDER BY key", arguments: [sweepID]
    ).map { row in
      EventRecord(
        sweepID: sweepID, runID: row["run_id"], at: row["at"], kind: row["kind"],
        message: row["message"])
    }
  }
}
