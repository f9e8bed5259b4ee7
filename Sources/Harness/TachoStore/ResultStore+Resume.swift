// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoRecord

extension ResultStore {
  /// Every run of a sweep, in executed order, with its status and how many samples it has.
  package func samplesDone(_ sweepID: String) throws -> [RunProgress] {
    try read(doing: "counting samples") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT run.id, benchmark, point_id, launch, status,
            COUNT(CASE WHEN warmup <> 0 THEN 1 END) AS warmups,
            COUNT(CASE WHEN warmup = 0 AND observation ->> '$.callgrind' IS NULL THEN 1 END) AS counted
          FROM run LEFT JOIN sample ON sample.run_id = run.id
          WHERE sweep_id = ? GROUP BY run.id ORDER BY position, run.rowid
          """, arguments: [sweepID]
      ).map { row in
        let status: String = row["status"]
        guard let status = RunStatus(rawValue: status) else {
          throw StoreError.corrupt(path: path, detail: "a run has the status '\(status)'")
        }
        return RunProgress(
          runID: row["id"], benchmark: row["benchmark"], pointID: row["point_id"],
          launch: row["launch"], status: status, warmupSamples: row["warmups"],
          countedSamples: row["counted"])
      }
    }
  }

  /// Marks the runs that are still `running` as interrupted, and says how many there were.
  ///
  /// Only for a sweep that no live process is writing: the caller knows.
  @discardableResult
  package func markInterrupted(_ sweepID: String) throws -> Int {
    try write(doing: "marking interrupted runs") { database in
      try database.execute(
        sql: "UPDATE run SET status = ?, reason = ? WHERE sweep_id = ? AND status = ?",
        arguments: [
          RunStatus.interrupted.rawValue, "its process ended before the run did", sweepID,
          RunStatus.running.rawValue,
        ])
      return database.changesCount
    }
  }

  /// How long completed runs of a point took on a machine, in seconds, the latest first: for estimates.
  package func durationHistory(pointID: String, machineID: String) throws -> [Double] {
    try read(doing: "reading durations") { database in
      try Double.fetchAll(
        database,
        sql: """
          SELECT (julianday(run.finished_at) - julianday(run.started_at)) * 86400 AS seconds
          FROM run JOIN sweep ON sweep.id = run.sweep_id
          WHERE run.point_id = ? AND sweep.machine_id = ? AND run.status = ? AND seconds >= 0
          ORDER BY run.finished_at DESC LIMIT 100
          """, arguments: [pointID, machineID, RunStatus.completed.rawValue])
    }
  }
}
