// SPDX-License-Identifier: Apache-2.0

/// One key of the suite language: what `suites/SCHEMA.md` lists and the reader accepts.
package struct SuiteKey: Sendable, Hashable {
  package let name: String
  /// The form of its value.
  package let form: String
  package let summary: String

  init(_ name: String, _ form: String, _ summary: String) {
    self.name = name
    self.form = form
    self.summary = summary
  }
}

/// The keys allowed in one place of a suite file.
package struct SuiteSection: Sendable, Hashable {
  /// What the place is, as messages and the reference call it.
  package let title: String
  package let keys: [SuiteKey]

  package var names: [String] { keys.map(\.name) }

  /// The section's Markdown table in `suites/SCHEMA.md`.
  package var markdownTable: String {
    let rows = keys.map { "| `\($0.name)` | \($0.form) | \($0.summary) |" }
    return (["| key | value | meaning |", "|---|---|---|"] + rows).joined(separator: "\n")
  }
}

/// Every key of the suite language.
///
/// The reader checks files against these tables, and tests hold the reference (`suites/SCHEMA.md`)
/// and the editors' schema (`suites/suite.schema.json`) to them.
package enum SuiteLanguage {
  /// The value of `schema:`; raised when a suite written for an earlier one would mean something else.
  package static let version = 1

  package static let file = SuiteSection(
    title: "suite",
    keys: [
      SuiteKey("schema", "`1`", "Version of the language. Required, in every file."),
      SuiteKey("name", "text", "The suite's name; the file's name without `.yaml` when missing."),
      SuiteKey("description", "text", "The question the suite answers."),
      SuiteKey("extends", "path or list of paths", "Files this one builds on, lowest first."),
      SuiteKey("models", "name: model", "Models that benchmarks name."),
      SuiteKey("measure", "mapping", "When a measurement has enough samples, and its limits."),
      SuiteKey("gate", "mapping", "What a change may cost: how `tacho gate` judges the suite."),
      SuiteKey("search", "parameters or `auto`", "What `tacho tune` varies."),
      SuiteKey("objectives", "metric or list of metrics", "What `tacho tune` makes best."),
      SuiteKey("constraints", "list of limits", "Limits a good configuration keeps."),
      SuiteKey("budget", "`100` or mapping", "What `tacho tune` may spend."),
      SuiteKey("sampler", "name or mapping", "How `tacho tune` searches; `tacho list samplers`."),
      SuiteKey("base", "knobs", "Settings of every benchmark whose kind has the knob."),
      SuiteKey("variants", "name: variant", "Named settings laid over `base`."),
      SuiteKey("benchmarks", "name: benchmark", "What to measure. At least one."),
    ])

  package static let measure = SuiteSection(
    title: "measure",
    keys: [
      SuiteKey("samples", "`5..20` or `10`", "Fewest and most samples of one worker process."),
      SuiteKey("warmup", "`1..5` or `2`", "Fewest and most samples dropped as warm-up."),
      SuiteKey(
        "half_width", "`2%`", "Enough once the median's 95% interval is this narrow, each way."),
      SuiteKey("min_time", "`0.5s`", "Measured time to reach before stopping is considered."),
      SuiteKey("time", "`30s`", "Measured time after which sampling stops."),
      SuiteKey("timeout", "`5m`", "One sample may take this long before its worker is killed."),
      SuiteKey("memory", "`8GiB`", "The worker is killed when its own memory exceeds this."),
      SuiteKey("launches", "`1`", "Fresh worker processes that measure each point."),
      SuiteKey(
        "record_launches", "`true`, `slow` or `false`",
        "Record every kernel launch, or those around slow tokens."),
      SuiteKey(
        "collect", "name or list of names", "What else to observe; `tacho list collectors`."),
      SuiteKey(
        "events", "name or list of names",
        "What `counters` and `launch-counters` count; `tacho list events`."),
      SuiteKey(
        "contaminated", "`repeat` or `keep`", "What becomes of samples the sentinel flagged."),
    ])

  package static let gate = SuiteSection(
    title: "gate",
    keys: [
      SuiteKey("tolerated", "`1%`", "Slower by up to this is no change."),
      SuiteKey("must_not_pass", "`3%`", "Slower by this must not pass."),
      SuiteKey("tail", "`10%, 30%` or `false`", "The same two for the 95th percentile."),
      SuiteKey(
        gateMetrics, "metric: `2%, 5%`, `true` or `false`",
        "Metrics judged besides the time of a call: the same two, or `true` for the point's own."),
      SuiteKey(
        "statistic", "`calibrated`, `minimum`, `p10`, `p25`, `median`, `mean`, `trimmed-mean`",
        "What a process's samples are reduced to."),
      SuiteKey(
        "exact", "`metric, metric 1%` or `false`",
        "What each metric that repeats exactly may grow by; `false` compares none."),
      SuiteKey(
        "outputs", "`compare` or `ignore`",
        "Whether another output fails; `ignore` where `against` sets more than `inject.*`."),
      SuiteKey("groups", "`0.5%, 2%`", "The two margins of groups of points. Suite only."),
      SuiteKey(
        "group_by", "knob or list of knobs",
        "Knobs whose values make groups, besides the benchmarks. Suite only."),
      SuiteKey("alpha", "`1%`", "Chance of any false failure in a job. Suite only."),
      SuiteKey("beta", "`2%`", "Chance of a false pass of one point. Suite only."),
      SuiteKey("pairs", "`80`", "Most launch pairs of one point. Suite only."),
      SuiteKey("samples", "`12`", "Samples of each side in a launch pair. Suite only."),
      SuiteKey("time", "`30m`", "What a job may take. Suite only."),
    ])

  /// The key of `gate:` that holds a mapping.
  static let gateMetrics = "metrics"

  /// Keys of `gate:` that speak of the whole job, and are the suite's alone.
  static let jobGateKeys: Set<String> = [
    "groups", "group_by", "alpha", "beta", "pairs", "samples", "time",
  ]

  package static let variant = SuiteSection(
    title: "variant",
    keys: [
      SuiteKey("extends", "name or list of names", "Variants this one builds on, lowest first.")
    ])

  package static let benchmark = SuiteSection(
    title: "benchmark",
    keys: [
      SuiteKey("kind", "text", "The kind of workload: `generate`, `kernel`, ... Required."),
      SuiteKey("model", "name or list of names", "The model; a list is swept like an axis."),
      SuiteKey("set", "knobs", "Settings of this benchmark."),
      SuiteKey("axes", "knob: values", "Knobs to sweep: every combination is a point."),
      SuiteKey("zip", "list of groups", "Groups of knobs that advance together."),
      SuiteKey("exclude", "list of patterns", "Combinations to leave out."),
      SuiteKey("include", "list of settings", "Points to add after the exclusions."),
      SuiteKey("variants", "`all`, name or list", "Variants to measure; `base` is the plain one."),
      SuiteKey(
        "against", "knobs",
        "Settings of `tacho gate`'s base side instead of the point's: compares configurations."),
      SuiteKey("measure", "mapping", "Changes to the suite's `measure` for this benchmark."),
      SuiteKey("gate", "mapping", "Changes to the suite's `gate` for this benchmark."),
      SuiteKey("search", "parameters or `auto`", "This benchmark's own `search`."),
      SuiteKey("objectives", "metric or list of metrics", "This benchmark's own `objectives`."),
      SuiteKey("constraints", "list of limits", "This benchmark's own `constraints`."),
      SuiteKey("budget", "`100` or mapping", "This benchmark's own `budget`."),
      SuiteKey("sampler", "name or mapping", "This benchmark's own `sampler`."),
    ])

  /// The sections of tuning, which the suite and each benchmark may have.
  package static let study = ["search", "objectives", "constraints", "budget", "sampler"]

  package static let parameter = SuiteSection(
    title: "parameter",
    keys: [
      SuiteKey("range", "`1..64`", "Numbers from the one to the other."),
      SuiteKey("step", "`4`", "Distance of whole numbers."),
      SuiteKey("log", "`true`", "Search ratios, not differences."),
      SuiteKey("values", "list", "Values without an order; numbers have theirs."),
      SuiteKey("ordinal", "list", "Values in the order given."),
      SuiteKey("when", "expression", "It has a value only where this holds."),
    ])

  package static let budget = SuiteSection(
    title: "budget",
    keys: [
      SuiteKey("trials", "`100`", "Measurements of a configuration. Required."),
      SuiteKey("cost", "`30m` or number", "Measured time, or a function's cost."),
      SuiteKey("confirm", "`25%`", "Share kept for measuring the best once more, where noisy."),
    ])

  /// Every place with fixed keys, in the order of the reference.
  package static let sections = [file, measure, gate, variant, benchmark, parameter, budget]

  /// Names a variant may not have, because `variants:` gives them a meaning.
  package static let reservedVariants = ["base", "all"]
}
