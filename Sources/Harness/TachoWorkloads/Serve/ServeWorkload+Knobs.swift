// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoRecord

extension ServeWorkload {
  static let knobs: [Knob] =
    ModelReference.knobs + EngineConfiguration.knobs + SchedulerConfiguration.knobs
    + Sampler.knobs + LengthDistribution.knobs("prompt", "prompt")
    + LengthDistribution.knobs("output", "answer") + loadKnobs + levelKnobs

  private static let loadKnobs: [Knob] = [
    Knob(
      "workload.shared_prefix_tokens", .int(0...(1 << 24)), default: 0, unit: "tokens",
      "The first tokens of every prompt are the same and lie in the KV store beforehand."),
    Knob(
      "workload.stop_at_eos", .bool, default: false,
      "End an answer at an end-of-sequence token, before its length is reached."),
    Knob("workload.seed", .int(0...Int.max), default: 0, "Changes the prompts' random tokens."),
    Knob(
      "load.arrival", .choice(["closed"] + ArrivalProcesses.all.names + ["trace"]),
      default: "closed",
      "closed: a request when another is done; trace: as recorded; else requests at load.rate, come "
        + "what may."),
    Knob(
      "load.concurrency", .int(1...100_000), default: 1, unit: "requests",
      "Requests under way at a time in a closed loop."),
    Knob(
      "load.rate", .double(0.001...1e6), default: 1.0, unit: "requests/s",
      "Mean arrivals a second of an open loop."),
    Knob(
      "load.burstiness", .double(0.01...1000), default: 1.0,
      "Shape of gamma gaps: 1 is Poisson, below it arrivals come in bursts."),
    Knob(
      "load.trace_path", .text, default: "",
      "JSON lines or CSV with arrival (in seconds), input_tokens and output_tokens."),
    Knob(
      "load.requests", .int(0...1_000_000), default: 0, unit: "requests",
      "Requests of one run, which is one sample; 0 takes all of a trace, else "
        + "\(LoadPlan.requestsWithoutTrace)."),
    Knob(
      "load.ramp_seconds", .double(0...100_000), default: 0.0, unit: "s",
      "The rate grows from 0, or the places of a closed loop fill, over this time."),
    Knob("load.seed", .int(0...Int.max), default: 0, "Changes the arrivals."),
    Knob("load.length_seed", .int(0...Int.max), default: 0, "Changes the lengths."),
  ]

  private static let levelKnobs: [Knob] = [
    Knob(
      "slo.ttft", .double(0...1e6), default: 0.0, unit: "s",
      "A good answer has its first token within this time of its scheduled arrival; 0 promises nothing."
    ),
    Knob(
      "slo.tpot", .double(0...1e6), default: 0.0, unit: "s",
      "A good answer takes at most so long for each token after the first emission; 0 promises nothing."
    ),
    Knob(
      "slo.e2el", .double(0...1e6), default: 0.0, unit: "s",
      "A good answer is complete within this time; 0 promises nothing."),
    Knob(
      "slo.tpot_missing", .choice(["bad", "ok"]), default: "bad",
      "What an answer whose every token came at once counts as where slo.tpot is set."),
  ]

  static func levels(_ settings: Settings) -> ServiceLevels? {
    func level(_ name: String) -> Double? {
      let seconds = settings.double("slo.\(name)")
      return seconds > 0 ? seconds : nil
    }
    let levels = ServiceLevels(
      ttft: level("ttft"), tpot: level("tpot"), e2el: level("e2el"),
      tpotMayBeMissing: settings.text("slo.tpot_missing") == "ok")
    return levels.isEmpty ? nil : levels
  }

  /// What is wrong with a resolved configuration, or nil.
  ///
  /// Settings that change nothing are refused: they would be swept in vain.
  static func complaint(about configuration: Configuration) -> String? {
    func isSet(_ path: String) -> Bool { configuration[path] != nil }
    let arrival = configuration["load.arrival"]?.stringValue ?? "closed"
    let open = ArrivalProcesses.all.names.contains(arrival)
    let needs: [(path: String, allowed: Bool, words: String)] = [
      ("load.concurrency", arrival == "closed", "closed"),
      ("load.rate", open, ArrivalProcesses.all.names.joined(separator: ", ")),
      ("load.burstiness", arrival == "gamma", "gamma"),
      ("load.trace_path", arrival == "trace", "trace"),
      ("load.ramp_seconds", arrival != "trace", "anything but trace"),
      ("load.seed", open && arrival != "constant", "poisson or gamma"),
    ]
    for need in needs where isSet(need.path) && !need.allowed {
      return "\(need.path) needs load.arrival: \(need.words); it is \(arrival)"
    }
    if open, !isSet("load.rate") { return "load.arrival: \(arrival) needs load.rate" }
    if arrival == "trace" {
      if (configuration["load.trace_path"]?.stringValue ?? "").isEmpty {
        return "load.arrival: trace needs load.trace_path"
      }
      let lengths = LengthDistribution.knobs("prompt", "") + LengthDistribution.knobs("output", "")
      if let path = (lengths.map(\.path) + ["load.length_seed"]).first(where: isSet) {
        return "\(path) changes nothing: a trace has lengths of its own"
      }
    } else if let complaint = LengthDistribution.complaint(about: configuration, "prompt")
      ?? LengthDistribution.complaint(about: configuration, "output")
    {
      return complaint
    }
    if isSet("slo.tpot_missing"), (configuration["slo.tpot"]?.doubleValue ?? 0) == 0 {
      return "slo.tpot_missing needs slo.tpot"
    }
    return ModelReference.complaint(about: configuration)
  }
}
