// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoPlan
import TachoRecord

/// What a job of the gate measures and decides about: series and members for a plan's points, the
/// groups they make, sentinels and controls.
struct GateLayout {
  /// A series with what its two sides measure.
  struct Line {
    var series: GateSeries
    /// The base's side, and the candidate's where it is not the same point.
    var planned: PlannedPoint
    var candidate: PlannedPoint?
  }

  /// One point in so many is a sentinel too.
  static let pointsPerSentinel = 20
  /// The delay that a control puts into its kernel.
  static let controlDelay = 0.05

  private(set) var lines: [Line] = []
  private(set) var members: [GateMember] = []
  /// Series whose two sides are not to give the same output.
  private(set) var differing: Set<String> = []
  /// Slowdowns accepted beside the suite, with what they moved.
  private(set) var acceptances: GateAcceptances?
  private(set) var expected = 0

  /// `statistic` gives what calibration found for a point.
  init(_ plan: Plan, seed: UInt64, statistic: (Point) -> LaunchStatistic?) {
    let policy = plan.gate.policy
    let points = plan.points.enumerated().filter { $0.element.skip == nil }
    expected = points.count
    for (index, planned) in points {
      let settings = planned.gate
      let id = "p\(index)"
      let name = Self.name(planned.point)
      let taken = Self.measured(planned, policy)
      let isSame = Self.doTheSame(planned)
      let base = planned.against.map { point in
        var base = taken
        base.point = point
        return base
      }
      lines.append(
        Line(
          series: GateSeries(
            id: id, name: name, role: .point, pointID: (base ?? taken).point.id,
            remark: base.map { Self.remark($0.point, planned.point) },
            exact: settings.exactMetrics.filter { isSame || settings.exact[$0.metric] != nil }),
          planned: base ?? taken, candidate: base == nil ? nil : taken))
      if !(settings.comparesOutputs ?? isSame) { differing.insert(id) }
      members.append(
        GateMember(
          id: id, name: name, role: .point, series: [id],
          statistic: settings.statistic
            ?? (statistic(planned.point) ?? Self.usual(planned.point)).rawValue,
          margins: settings.margins))
      for (metric, margins) in settings.judgedMetrics {
        members.append(
          GateMember(
            id: "\(id)/\(metric.id)", name: "\(name), \(metric.id)", role: .metric, series: [id],
            statistic: settings.statistic ?? LaunchStatistic.median.rawValue, margins: margins,
            metric: metric))
      }
      if let tail = settings.tail {
        members.append(
          GateMember(
            id: id + "/p95", name: name + ", p95", role: .tail, series: [id],
            statistic: GateStatistic.p95.name, margins: tail))
      }
    }
    addGroups(plan)
    addControls(points.map(\.element), seed, policy)
  }

  /// Whether both sides are to give the same output: where nothing but delays differs.
  private static func doTheSame(_ planned: PlannedPoint) -> Bool {
    guard let against = planned.against else { return true }
    return differences(against, planned.point).allSatisfy { $0.hasPrefix("inject.") }
  }

  private static func differences(_ base: Point, _ candidate: Point) -> [String] {
    Set(base.configuration.paths + candidate.configuration.paths).sorted()
      .filter { base.configuration[$0] != candidate.configuration[$0] }
  }

  /// `against kernel.rows=1024`: what the base's side has instead.
  private static func remark(_ base: Point, _ candidate: Point) -> String {
    let settings = differences(base, candidate)
      .map { "\($0)=\(base.configuration[$0]?.display ?? "its default")" }
    return settings.isEmpty ? "against itself" : "against " + settings.joined(separator: ", ")
  }

  /// Moves the margins of what was accepted, and of nothing else.
  mutating func accept(_ acceptances: GateAcceptances) {
    var applied = acceptances
    var series = lines.map(\.series)
    applied.apply(to: &members, series: &series)
    for index in lines.indices { lines[index].series = series[index] }
    self.acceptances = applied
  }

  static func name(_ point: Point) -> String {
    point.label == point.benchmark ? point.benchmark : "\(point.benchmark) \(point.label)"
  }

  /// What varies least between launches where nothing was calibrated: a low percentile of a kernel, the
  /// middle of what takes longer.
  private static func usual(_ point: Point) -> LaunchStatistic {
    point.kind == "kernel" ? .p10 : .median
  }

  /// The point as a pair takes it: so many rounds, whatever happens meanwhile.
  private static func measured(_ planned: PlannedPoint, _ gate: GatePolicy) -> PlannedPoint {
    var planned = planned
    planned.policy.samplesMin = gate.rounds
    planned.policy.samplesMax = gate.rounds
    planned.policy.warmupMax = min(planned.policy.warmupMax, 2)
    planned.policy.warmupMin = min(planned.policy.warmupMin, planned.policy.warmupMax)
    planned.policy.recordLaunches = .none
    planned.policy.contaminated = .keep
    return planned
  }

  /// Groups of a benchmark's points, of equal values of the knobs asked for, and of all points.
  private mutating func addGroups(_ plan: Plan) {
    var groups: [(name: String, series: [String])] = []
    func add(_ name: String, _ series: [String]) {
      guard series.count >= GateMember.fewestInGroup,
        !groups.contains(where: { $0.series == series })
      else { return }
      groups.append((name, series))
    }
    let runnable = lines.map { ($0.series.id, $0.planned.point) }
    add("all points", runnable.map(\.0))
    for benchmark in Self.distinct(runnable.map(\.1.benchmark)) {
      add("all of \(benchmark)", runnable.filter { $0.1.benchmark == benchmark }.map(\.0))
    }
    for path in plan.gate.groupBy {
      let values = runnable.compactMap { $0.1.configuration[path]?.display }
      for value in Self.distinct(values) {
        add(
          "all with \(path)=\(value)",
          runnable.filter { $0.1.configuration[path]?.display == value }.map(\.0))
      }
    }
    for (index, group) in groups.enumerated() {
      let statistics = Set(
        members.filter { $0.role == .point && group.series.contains($0.id) }.map(\.statistic))
      members.append(
        GateMember(
          id: "g\(index)", name: group.name, role: .group, series: group.series,
          statistic: statistics.count == 1 ? (statistics.first ?? "median") : "median",
          margins: plan.gate.groups))
    }
  }

  private static func distinct(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  /// A few points against a copy of the base, and two kernels against themselves with a delay.
  private mutating func addControls(
    _ points: [PlannedPoint], _ seed: UInt64, _ policy: GatePolicy
  ) {
    var stream = ShuffleStream(seed: seed, block: 0x5e47)
    let count = max(1, points.count / Self.pointsPerSentinel)
    for (index, planned) in stream.shuffled(points).prefix(count).enumerated() {
      guard let like = members.first(where: { $0.name == Self.name(planned.point) }) else {
        continue
      }
      add(
        "s\(index)", "sentinel: " + like.name, .sentinel, Self.measured(planned, policy), nil,
        statistic: like.statistic, margins: like.margins, remark: "a copy of the base")
    }
    let percent = Int(Self.controlDelay * 100)
    for (id, name, settings) in Self.controls {
      let base = Self.control(settings, policy)
      var slowed = settings
      // What products of matrices are called in launches.
      slowed["inject.op"] = "matmul"
      slowed["inject.ratio"] = .double(Self.controlDelay)
      add(
        id, "control: " + name, .control, base, Self.control(slowed, policy),
        statistic: LaunchStatistic.p10.rawValue, margins: .points,
        remark: "the base with \(percent)% injected")
    }
  }

  private mutating func add(
    _ id: String, _ name: String, _ role: GateMember.Role, _ planned: PlannedPoint,
    _ candidate: PlannedPoint?, statistic: String, margins: GateMargins, remark: String
  ) {
    lines.append(
      Line(
        series: GateSeries(
          id: id, name: name, role: role, pointID: planned.point.id, remark: remark),
        planned: planned, candidate: candidate))
    members.append(
      GateMember(
        id: id, name: name, role: role, series: [id], statistic: statistic, margins: margins))
  }

  /// One kernel bound by arithmetic, from the caches, and one bound by memory.
  private static let controls: [(String, String, [String: ConfigurationValue])] = [
    (
      "c-compute", "gemm, bound by arithmetic",
      ["kernel.op": "gemm", "kernel.format": "q8_0", "kernel.rows": 1024, "kernel.batch": 64]
    ),
    (
      "c-memory", "gemv, bound by memory",
      ["kernel.op": "gemv", "kernel.format": "q8_0", "kernel.working_set_mib": 256]
    ),
  ]

  private static func control(
    _ settings: [String: ConfigurationValue], _ gate: GatePolicy
  ) -> PlannedPoint {
    var configuration = Configuration()
    for (path, value) in settings { configuration[path] = value }
    let point = Point(
      benchmark: "control", kind: "kernel", configuration: configuration, axes: ["kernel.op"])
    return measured(PlannedPoint(point: point, policy: MeasurementPolicy()), gate)
  }
}
