// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// One build held against a reference build in one job: what series of ratios are made of.
package struct HistoryMeasurement: Sendable {
  /// Which series it belongs to.
  package struct Subject: Sendable, Hashable {
    package let suite: String
    /// The point's identity, and how it is called.
    package let point: String
    package let name: String
    package let metric: Metric
    /// The machine's identity, and how it is called.
    package let machine: String
    package let machineName: String

    package init(
      suite: String, point: String, name: String, metric: Metric, machine: String,
      machineName: String
    ) {
      self.suite = suite
      self.point = point
      self.name = name
      self.metric = metric
      self.machine = machine
      self.machineName = machineName
    }
  }

  package let subject: Subject
  package let build: HistoryBuild
  package let reference: HistoryBuild
  package let date: String
  /// ln(build / reference), with its 95% interval.
  package let shift: Double
  package let interval: ClosedRange<Double>?
  /// The suite's file as the job's command named it, where it did.
  package let suiteFile: String?

  package init(
    subject: Subject, build: HistoryBuild, reference: HistoryBuild, date: String, shift: Double,
    interval: ClosedRange<Double>?, suiteFile: String? = nil
  ) {
    self.subject = subject
    self.build = build
    self.reference = reference
    self.date = date
    self.shift = shift
    self.interval = interval
    self.suiteFile = suiteFile
  }
}
