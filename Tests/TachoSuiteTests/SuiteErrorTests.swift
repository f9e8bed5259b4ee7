// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import TachoSuite
import Testing

@Suite struct SuiteErrorTests {
  /// A mistake and the whole message it must give.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let name: String
    let yaml: String
    let messages: [String]

    init(_ name: String, _ yaml: String, _ messages: String...) {
      self.name = name
      self.yaml = yaml
      self.messages = messages
    }

    var testDescription: String { name }
  }

  static let mistakes: [Mistake] = syntax + structure + names + values

  @Test(arguments: mistakes)
  func mistakesSayWhereAndHow(_ mistake: Mistake) {
    do throws(SuiteError) {
      _ = try SuiteFile.read(text: mistake.yaml, path: "s.yaml", kinds: TestKinds.all)
      Issue.record("\(mistake.name) was accepted")
    } catch {
      #expect(error.description == mistake.messages.joined(separator: "\n"))
    }
  }

  /// A benchmark of kind `sized` with these lines in it.
  private static func sized(_ lines: String) -> String {
    "schema: 1\nbenchmarks:\n  b:\n    kind: sized\n" + lines
  }

  private static let good = "benchmarks: { b: { kind: kernel } }\n"

  private static let syntax = [
    Mistake("empty", "", "s.yaml:1:1: the file is empty; a suite starts with 'schema: 1'"),
    Mistake(
      "not a mapping", "- a\n",
      "s.yaml:1:1: expected a mapping with schema, name, description, extends, models, measure,"
        + " gate, search, objectives, constraints, budget, sampler, base, variants, benchmarks;"
        + " found a list"),
    Mistake(
      "bad indentation", "schema: 1\nbase:\n  a: 1\n b: 2\n",
      "s.yaml:4:2: YAML syntax: did not find expected key while parsing a block mapping that"
        + " starts at 1:1"),
    Mistake(
      "tab", "schema: 1\nbase:\n\ta: 1\n",
      "s.yaml:3:1: YAML syntax: found character that cannot start any token while scanning for"
        + " the next token that starts at 3:1"),
    Mistake(
      "unclosed bracket", "schema: 1\nbase: [1, 2\n",
      "s.yaml:3:1: YAML syntax: did not find expected ',' or ']' while parsing a flow sequence"
        + " that starts at 2:7"),
    Mistake(
      "duplicate key", "schema: 1\nbase:\n  a.b: 1\n  c.d: 2\n  a.b: 3\n",
      "s.yaml:5:3: duplicate key 'a.b'; it is already at line 3"),
    Mistake(
      "dotted and nested twice",
      "schema: 1\nbase:\n  kv.format: f16\n  kv: { format: f32 }\n"
        + good, "s.yaml:4:9: 'kv.format' is set twice; it is already at line 3"),
    Mistake(
      "merge key", "schema: 1\nbase: &a { kv.format: f16 }\nvariants:\n  v:\n    <<: *a\n",
      "s.yaml:5:5: YAML merge keys (<<) are not part of the language; use 'base' or 'extends'"),
    Mistake(
      "tag", "schema: !!int 1\n",
      "s.yaml:1:9: YAML tag 'tag:yaml.org,2002:int' is not part of the language; remove it"),
    Mistake(
      "name that moves the cursor", "schema: 1\nname: \"a\\eb\"\n" + good,
      "s.yaml:2:7: a suite's name is at most 100 characters on one line, not 'a b'"),
    Mistake(
      "two documents", "schema: 1\n---\nschema: 1\n",
      "s.yaml:2:1: YAML syntax: but found another document expected a single document in the"
        + " stream that starts at 1:1"),
    Mistake(
      "undefined alias", "schema: *x\n", "s.yaml:1:9: YAML syntax: found undefined alias"),
    Mistake(
      "control character", "schema: 1\nname: a\u{1}b\n",
      "s.yaml:2:8: YAML syntax: control characters are not allowed"),
  ]

  private static let structure = [
    Mistake(
      "no schema", good, "s.yaml:1:1: the key 'schema' is missing; add 'schema: 1'"),
    Mistake(
      "future schema", "schema: 2\n" + good,
      "s.yaml:1:9: schema '2' is not known; this program reads schema 1"),
    Mistake(
      "unknown key", "schema: 1\nbenchmark: {}\n",
      "s.yaml:2:1: unknown key 'benchmark' in a suite; did you mean 'benchmarks'?; keys here:"
        + " schema, name, description, extends, models, measure, gate, search, objectives,"
        + " constraints, budget, sampler, base, variants, benchmarks"),
    Mistake(
      "unknown benchmark key", sized("    axis: {}\n"),
      "s.yaml:5:5: unknown key 'axis' in a benchmark; did you mean 'axes'?; keys here: kind,"
        + " model, set, axes, zip, exclude, include, variants, against, measure, gate, search,"
        + " objectives, constraints, budget, sampler"),
    Mistake(
      "unknown measure key", "schema: 1\nmeasure: { sample: 3 }\n" + good,
      "s.yaml:2:12: unknown key 'sample' in a measure; did you mean 'samples'?; keys here: samples,"
        + " warmup, half_width, min_time, time, timeout, memory, launches, record_launches, collect, events,"
        + " contaminated"),
    Mistake(
      "no benchmarks", "schema: 1\n",
      "s.yaml:1:1: the suite measures nothing; add 'benchmarks:' with at least one entry such as"
        + " 'decode: { kind: generate }'"),
    Mistake(
      "empty benchmarks", "schema: 1\nbenchmarks:\n",
      "s.yaml:2:12: 'benchmarks' must be a mapping from names to benchmarks; found nothing"),
    Mistake(
      "no kind", "schema: 1\nbenchmarks:\n  b: { set: {} }\n",
      "s.yaml:3:3: benchmark 'b' has no 'kind'; add 'kind: ' with one of generate, kernel, sized"),
    Mistake(
      "bad name", "schema: 1\nbenchmarks:\n  a b: { kind: kernel }\n",
      "s.yaml:3:3: 'a b' cannot name a benchmark; use letters, digits, '-', '_', '+' and '.'"),
    Mistake(
      "zip of unequal lengths",
      sized("    zip:\n      - { io.block: [0, 1KiB], io.pause: [1s, 2s, 3s] }\n"),
      "s.yaml:6:32: the knobs of a zip group advance together, but io.block has 2 values and"
        + " io.pause has 3"),
    Mistake(
      "zip not a list", sized("    zip: { io.block: [0] }\n"),
      "s.yaml:5:10: 'zip' must be a list of groups (start each with '- '); found a mapping"),
    Mistake(
      "swept twice", sized("    axes: { io.block: 0 }\n    zip:\n      - io.block: 0\n"),
      "s.yaml:7:9: 'io.block' is swept twice; it is already at line 5"),
    Mistake(
      "empty exclusion", sized("    exclude: [ {} ]\n"),
      "s.yaml:5:16: expected knobs and values, found a mapping"),
    Mistake(
      "path with an empty part", sized("    set: { io..block: 1 }\n"),
      "s.yaml:5:12: 'io..block' is not a dotted path such as engine.threads"),
    Mistake(
      "min_time above time", "schema: 1\nmeasure: { min_time: 1m, time: 30s }\n" + good,
      "s.yaml:3:15: measure: min_time (60.0 s) is longer than time (30.0 s)"),
  ]

  private static let names = [
    Mistake(
      "unknown kind", "schema: 1\nbenchmarks:\n  b: { kind: kernels }\n",
      "s.yaml:3:14: unknown kind of benchmark 'kernels'; did you mean 'kernel'?; known: generate,"
        + " kernel, sized"),
    Mistake(
      "unknown knob",
      "schema: 1\nbenchmarks:\n  b:\n    kind: kernel\n    set: { engine.thread: 1 }\n",
      "s.yaml:5:12: unknown knob 'engine.thread' for kind 'kernel'; did you mean"
        + " 'engine.threads'?"),
    Mistake(
      "knob of another kind",
      "schema: 1\nbenchmarks:\n  b:\n    kind: kernel\n    axes: { kv.format: [f16] }\n",
      "s.yaml:5:13: unknown knob 'kv.format' for kind 'kernel'"),
    Mistake(
      "group instead of knob", sized("    set: { io: 1 }\n"),
      "s.yaml:5:12: 'io' is a group of knobs, not a knob; it holds io.block, io.pause, io.share,"
        + " io.direct, io.mode, io.note"),
    Mistake(
      "unknown base knob", "schema: 1\nbase: { kv.fromat: f16 }\n" + good,
      "s.yaml:2:9: unknown knob 'kv.fromat' for any kind of benchmark; did you mean 'kv.format'?"),
    Mistake(
      "unknown model",
      "schema: 1\nmodels:\n  smol: { synth.shape: x }\nbenchmarks:\n"
        + "  b: { kind: generate, model: small }\n",
      "s.yaml:5:31: unknown model 'small'; did you mean 'smol'?; known: smol"),
    Mistake(
      "unknown model key", "schema: 1\nmodels:\n  m: { pth: x }\n" + good,
      "s.yaml:3:8: unknown knob 'model.pth' for a model; did you mean 'model.path'?"),
    Mistake(
      "model with two sources", "schema: 1\nmodels:\n  m: { path: x, synth.shape: y }\n" + good,
      "s.yaml:3:3: model 'm' has both 'path' and 'synth'; keep one of them"),
    Mistake(
      "model for a kind without",
      "schema: 1\nmodels: { m: { path: x } }\nbenchmarks:\n"
        + "  b: { kind: kernel, model: m }\n",
      "s.yaml:4:29: kind 'kernel' takes no model; remove 'model' from the benchmark"),
    Mistake(
      "unknown variant", sized("    variants: [f32]\n"),
      "s.yaml:5:16: unknown variant 'f32'; the suite has no 'variants'"),
    Mistake(
      "variant of another kind",
      "schema: 1\nvariants: { v: { kv.format: f32 } }\nbenchmarks:\n"
        + "  b: { kind: kernel, variants: all }\n",
      "s.yaml:4:32: variant 'v' sets kv.format, which kind 'kernel' does not have"),
    Mistake(
      "reserved variant", "schema: 1\nvariants:\n  all: { kv.format: f32 }\n" + good,
      "s.yaml:3:3: a variant cannot be named 'all': in 'variants:' of a benchmark the word means"
        + " every variant"),
    Mistake(
      "circle of variants",
      "schema: 1\nvariants:\n  a: { extends: b }\n  b: { extends: a }\n" + good,
      "s.yaml:4:17: variants extend each other in a circle: a -> b -> a"),
    Mistake(
      "circle of one file", "schema: 1\nextends: ./s.yaml\n",
      "s.yaml:2:10: files extend each other in a circle: s.yaml -> ./s.yaml"),
    Mistake(
      "missing extended file", "schema: 1\nextends: [nowhere/base.yaml]\n",
      "s.yaml:2:11: 'nowhere/base.yaml': cannot open the suite: No such file or directory"),
  ]

  private static let values = [
    Mistake(
      "unknown choice", "schema: 1\nbase:\n  weights.format: q4_k_m\n" + good,
      "s.yaml:3:19: weights.format: 'q4_k_m' is not one of q4_0, q4_k, q8_0, f16; did you mean"
        + " 'q4_k'?"),
    Mistake(
      "out of range", "schema: 1\nbase: { engine.threads: 2000 }\n" + good,
      "s.yaml:2:25: engine.threads: '2000' is out of range; expected a whole number from 0 to 1024"),
    Mistake(
      "not a whole number", "schema: 1\nbase: { engine.threads: 1e3 }\n" + good,
      "s.yaml:2:25: engine.threads: '1e3' is not a whole number from 0 to 1024"),
    Mistake(
      "list where one value belongs", sized("    set: { io.mode: [on, off] }\n"),
      "s.yaml:5:21: io.mode: expected one of off, on, 1:30, 1e3, found a list; to sweep several"
        + " values put them under 'axes'"),
    Mistake(
      "missing value", sized("    set:\n      io.note:\n"),
      "s.yaml:6:7: io.note: the value is missing; expected text ('' for an empty text)"),
    Mistake(
      "yes is not true", sized("    set: { io.direct: yes }\n"),
      "s.yaml:5:23: io.direct: 'yes' is not true or false"),
    Mistake(
      "size without unit is a count", sized("    set: { io.block: 12kB3 }\n"),
      "s.yaml:5:22: io.block: '12kB3' is not a whole number from 0 to 1099511627776 or a size such"
        + " as 512KiB"),
    Mistake(
      "listed twice", sized("    axes:\n      io.block: [1KiB, 1024]\n"),
      "s.yaml:6:24: io.block: '1024' is listed twice"),
    Mistake(
      "range cut by the flow list", sized("    axes: { io.block: [range(0..8, step 2)] }\n"),
      "s.yaml:5:24: 'range(0..8' has unbalanced parentheses; inside [ ] or { } put it in quotes"),
    Mistake(
      "half_width without sign", "schema: 1\nmeasure: { half_width: 2 }\n" + good,
      "s.yaml:2:24: measure.half_width: '2' is not a percentage from 0% to 100%, such as 2%"),
    Mistake(
      "backward samples", "schema: 1\nmeasure: { samples: 20..5 }\n" + good,
      "s.yaml:2:21: measure.samples: '20..5' is not a count from 1 to 1000000 or a span such as"
        + " 5..20"),
    Mistake(
      "unknown fate of samples", "schema: 1\nmeasure: { contaminated: drop }\n" + good,
      "s.yaml:2:26: measure.contaminated: 'drop' is not repeat or keep"),
    Mistake(
      "several at once",
      "schema: 1\nbase:\n  engine.thread: 1\n  kv.format: f8\nbenchmarks:\n  b: { kind: kernell }\n",
      "s.yaml:3:3: unknown knob 'engine.thread' for any kind of benchmark; did you mean"
        + " 'engine.threads'?",
      "s.yaml:4:14: kv.format: 'f8' is not one of f16, f32; did you mean 'f16'?",
      "s.yaml:6:14: unknown kind of benchmark 'kernell'; did you mean 'kernel'?; known: generate,"
        + " kernel, sized"),
  ]
}
