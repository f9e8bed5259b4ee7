// SPDX-License-Identifier: Apache-2.0

/// The sections of the report, in the order in which they appear: one line each.
package enum Sections {
  package static let all: [any ReportSection.Type] = [
    VerdictSection.self,
    GateSection.self,
    PeersSection.self,
    BenchmarksSection.self,
    StepsSection.self,
    HistorySection.self,
    NoiseSection.self,
    SamplesSection.self,
    EventsSection.self,
    ProvenanceSection.self,
    MetricsSection.self,
  ]
}
