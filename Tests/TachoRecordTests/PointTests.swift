// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@Suite struct PointTests {
  /// Results of different builds are matched by it, so it must stay what it is: SHA-256 of
  /// `{"configuration":{"a \"b\"":"x\n\u0001","engine.threads":2,"kv.list":[1,0.5,null,true,{}],`
  /// `"z":1e+300},"kind":"kernel"}` by another program.
  @Test func idIsTheHashOfCanonicalJSON() {
    let point = Point(
      benchmark: "any", kind: "kernel",
      configuration: Configuration([
        "z": 1e300, "engine.threads": 2, "a \"b\"": "x\n\u{1}",
        "kv.list": [1.0, 0.5, .null, true, .object([:])],
      ]), axes: [])
    #expect(point.id == "f6ce1e58c4447fae")
  }
}
