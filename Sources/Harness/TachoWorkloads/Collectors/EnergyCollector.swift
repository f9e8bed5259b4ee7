// SPDX-License-Identifier: Apache-2.0
import Glibc
package import TachoCatalog
import TachoKernels
package import TachoRecord

/// The energy of the timed region, from the processor's own counters (RAPL, through Linux's powercap).
///
/// Where there are any, their power at idle is measured once, for a second in which the worker sleeps.
package final class EnergyCollector: Collector {
  /// The counters' own steps are about a millisecond: below ten of them a reading says little.
  private static let shortestSeconds = 0.01
  /// Above this share of the processors' time, other programs' energy is not to be told from the worker's.
  private static let foreignLimit = 0.05

  private let domains: [RAPLDomain]
  private let root: String
  private let statistics: String
  private var idleWatts: [Double?] = []
  private var idleProblem: String?
  private var start: Moment?
  private var reading: EnergyReading?

  private struct Moment {
    let nanoseconds: Int
    let counters: [Result<Int, RAPLFailure>]
    let processors: ProcessorTimes
  }

  package convenience init(_ request: CollectorRequest) throws {
    self.init(root: "/sys/class/powercap", statistics: "/proc/stat", idleSeconds: 1)
  }

  /// `root` is the folder of the counters; with none in it nothing is waited for.
  package init(root: String, statistics: String, idleSeconds: Double) {
    self.root = root
    self.statistics = statistics
    domains = RAPLDomain.all(root: root)
    guard !domains.isEmpty else { return }
    let before = moment()
    guard before.counters.contains(where: { (try? $0.get()) != nil }) else { return }
    usleep(UInt32(idleSeconds * 1e6))
    let idle = Self.reading(domains, [], from: before, to: moment())
    idleWatts = idle.domains.map { domain in domain.joules.map { $0 / idle.seconds } }
    if let share = idle.foreignShare, share > Self.foreignLimit {
      idleProblem = "while the power at idle was measured, \(Self.words(share))"
    }
  }

  package var facts: [String: ConfigurationValue] {
    var facts: [String: ConfigurationValue] = [
      "energy.domains": .array(domains.map { .string($0.name) })
    ]
    for (domain, watts) in zip(domains, idleWatts) {
      if let watts { facts["energy.idle_watts.\(domain.name)"] = .double(watts) }
    }
    return facts
  }

  package func begin() { start = domains.isEmpty ? nil : moment() }

  package func end() {
    guard let start else { return }
    var seen = Self.reading(domains, idleWatts, from: start, to: moment())
    seen.invalid = complaint(about: seen)
    reading = seen
  }

  package func report(into observation: inout Observation) {
    observation.energy =
      reading
      ?? EnergyReading(
        domains: [], seconds: observation.seconds,
        invalid: "this machine shows no RAPL counters: there is no intel-rapl domain in \(root)")
    reading = nil
  }

  private func moment() -> Moment {
    let processors = ProcessorTimes(statistics: statistics)
    return Moment(
      nanoseconds: MonotonicClock.now(), counters: domains.map { $0.microjoules() },
      processors: processors)
  }

  private static func reading(
    _ domains: [RAPLDomain], _ idleWatts: [Double?], from start: Moment, to end: Moment
  ) -> EnergyReading {
    let seconds = Nanoseconds.seconds(from: start.nanoseconds, to: end.nanoseconds)
    let parts = domains.indices.map { index in
      let domain = domains[index]
      var part = EnergyReading.Domain(name: domain.name, kind: domain.kind, joules: nil)
      part.idleWatts = index < idleWatts.count ? idleWatts[index] : nil
      do throws(RAPLFailure) {
        part.joules = try domain.joules(
          from: start.counters[index].get(), to: end.counters[index].get(), seconds: seconds
        ).get()
      } catch {
        part.reason = error.reason
      }
      return part
    }
    return EnergyReading(
      domains: parts, seconds: seconds,
      foreignShare: end.processors.foreignShare(since: start.processors))
  }

  private func complaint(about reading: EnergyReading) -> String? {
    if reading.seconds < Self.shortestSeconds {
      return "the timed region is too short for counters that are updated every millisecond"
    }
    if let idleProblem { return idleProblem }
    guard let share = reading.foreignShare else {
      return "whether other programs ran is not known: \(statistics) cannot be read"
    }
    return share > Self.foreignLimit ? Self.words(share) : nil
  }

  private static func words(_ share: Double) -> String {
    "other programs used \(Int((share * 100).rounded()))% of the processors; RAPL counts whole packages"
  }
}
