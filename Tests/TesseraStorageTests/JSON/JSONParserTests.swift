import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct JSONParserTests {
  @Test func values() throws {
    let json = try JSONValue(parsing: " {\"b\" : [1, -2.50e+3, true, null],\r\n\t\"a\":\"x\"} ")
    #expect(json == ["b": [1, .number(JSONNumber(known: "-2.50e+3")), true, nil], "a": "x"])
    #expect(json.object?.keys == ["b", "a"])
    #expect(json["b"]?[1]?.double == -2500)
    #expect(json["b"]?[4] == nil)
    #expect(json["b"]?[-1] == nil)
    #expect(json["c"] == nil)
    #expect(json["b"]?["x"] == nil)
  }

  @Test(arguments: [
    "0", "-0", "10", "0.5", "1E5", "1e-05", "18446744073709551615", "-9223372036854775808",
    "3.14159265358979323846264338327950288", "1e999", "NaN", "Infinity", "-Infinity",
  ])
  func numbersKeepTheirText(_ text: String) throws {
    let json = try JSONValue(parsing: text)
    #expect(json.number?.text == text)
    #expect(json.text() == text)
  }

  @Test func numberAccessors() throws {
    #expect(try JSONValue(parsing: "18446744073709551615").uint64 == .max)
    #expect(try JSONValue(parsing: "18446744073709551615").int == nil)
    #expect(try JSONValue(parsing: "-9223372036854775808").int == .min)
    #expect(try JSONValue(parsing: "3.0").int == nil)
    #expect(try JSONValue(parsing: "1e999").double == .infinity)
    #expect(try JSONValue(parsing: "-Infinity").double == -.infinity)
    #expect(try JSONValue(parsing: "NaN").double?.isNaN == true)
    #expect(try JSONValue(parsing: "[1, 2, 3]").ints == [1, 2, 3])
    #expect(try JSONValue(parsing: "[1, 2.0]").ints == nil)
    #expect(JSONValue(0.1).text() == "0.1")
    #expect(JSONValue(-Double.infinity).text() == "-Infinity")
  }

  @Test(arguments: [
    ("\"\\u00e9\"", "é"), ("\"\\ud83d\\uDE00\"", "😀"), ("\"😀é\"", "😀é"), ("\"\\\"\\\\\\/\"", "\"\\/"),
    ("\"\\b\\f\\n\\r\\t\"", "\u{8}\u{C}\n\r\t"), ("\"\\u0000\"", "\0"), ("\"\"", ""),
    ("\"a\\nb\"", "a\nb"), ("\"\u{7F}\"", "\u{7F}"),
  ])
  func strings(_ source: String, _ expected: String) throws {
    #expect(try JSONValue(parsing: source).string == expected)
  }

  @Test(arguments: [
    ("", "invalid JSON at line 1, column 1: expected a value, got the end"),
    ("\n\n  }", "invalid JSON at line 3, column 3: expected a value, got '}'"),
    ("{\"é\": tru }", "invalid JSON at line 1, column 7: expected 'true', got 't'"),
    ("[1,]", "invalid JSON at line 1, column 4: expected a value, got ']'"),
    ("[1 2]", "invalid JSON at line 1, column 4: expected ',' or ']', got '2'"),
    ("{\"a\":1,}", "invalid JSON at line 1, column 8: expected a key, got '}'"),
    ("{a:1}", "invalid JSON at line 1, column 2: expected a key, got 'a'"),
    ("{\"a\" 1}", "invalid JSON at line 1, column 6: expected ':', got '1'"),
    ("01", "invalid JSON at line 1, column 2: expected the end, got '1'"),
    ("+1", "invalid JSON at line 1, column 1: expected a value, got '+'"),
    ("1.", "invalid JSON at line 1, column 3: expected a digit, got the end"),
    (".5", "invalid JSON at line 1, column 1: expected a value, got '.'"),
    ("1e", "invalid JSON at line 1, column 3: expected a digit, got the end"),
    ("-", "invalid JSON at line 1, column 2: expected a digit, got the end"),
    ("-Inf", "invalid JSON at line 1, column 1: expected '-Infinity', got '-'"),
    ("1 1", "invalid JSON at line 1, column 3: expected the end, got '1'"),
    ("\"a", "invalid JSON at line 1, column 3: expected '\"', got the end"),
    ("\"a\nb\"", "invalid JSON at line 1, column 3: expected an escaped control character, got byte 0x0A"),
    ("\"\\x\"", "invalid JSON at line 1, column 3: expected one of '\"\\/bfnrtu' after a backslash, got 'x'"),
    ("\"\\u12g4\"", "invalid JSON at line 1, column 6: expected four hexadecimal digits, got 'g'"),
    (
      "\"\\ud800\"",
      "invalid JSON escape at line 1, column 4: expected surrogates in pairs, got a lone surrogate"
    ),
    (
      "\"\\udc00\\ud800\"",
      "invalid JSON escape at line 1, column 4: expected surrogates in pairs, got a lone surrogate"
    ),
    (
      "\"\\ud800\\u0041\"",
      "invalid JSON escape at line 1, column 4: expected surrogates in pairs, got a lone surrogate"
    ),
    ("{\"a\":1,\n \"a\":2}", "duplicate JSON key at line 2, column 2: expected each key once, got 'a' again"),
    ("\u{FEFF}1", "invalid JSON at line 1, column 1: expected a value, got byte 0xEF"),
  ])
  func errors(_ source: String, _ expected: String) {
    #expect(thrownMessage { _ = try JSONValue(parsing: source) } == expected)
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) {
    let source = [0x20, 0x22] + bytes + [0x22]
    #expect(
      thrownMessage { _ = try JSONValue(parsing: source) }
        == "invalid JSON string at line 1, column 2: expected UTF-8, got other bytes")
    // The same through the path of strings with escapes.
    #expect(throws: TesseraError.self) {
      try JSONValue(parsing: [0x22, 0x5C, 0x6E] + bytes + [0x22])
    }
  }

  @Test func keysOfDifferentCodePointsDiffer() throws {
    let json = try JSONValue(parsing: "{\"\\u00e9\":1,\"e\\u0301\":2}")
    #expect(json["\u{E9}"]?.int == 1)
    #expect(json["e\u{301}"]?.int == 2)
  }

  @Test func limits() throws {
    func nest(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nest(128))
    #expect(
      thrownMessage { _ = try JSONValue(parsing: nest(129)) }
        == "JSON is nested too deeply at line 1, column 129: expected at most 128 levels, got more")
    #expect(throws: TesseraError.self) { try JSONValue(parsing: String(repeating: "[", count: 1 << 20)) }
    #expect(throws: TesseraError.self) {
      try JSONValue(parsing: String(repeating: "{\"a\":", count: 1 << 18))
    }
    var limits = JSONLimits()
    limits.bytes = 3
    #expect(
      thrownMessage { _ = try JSONValue(parsing: "1234", limits: limits) }
        == "JSON text is too large: expected at most 3 bytes, got 4")
    limits = JSONLimits()
    limits.values = 3
    _ = try JSONValue(parsing: "[1,2]", limits: limits)
    #expect(
      thrownMessage { _ = try JSONValue(parsing: "[1,2,3]", limits: limits) }
        == "JSON has too many values: expected at most 3, got more")
  }

  @Test(arguments: [
    (#"{"a":{"b":[1,{"]}":"\\\"]"}], "c":2},"d":3}"#, #"{"a":{"b":null,"c":2},"d":3}"#),
    (#"{"a": { "b" :{},"b2":{}}, "b":{}}"#, #"{"a":{"b":null,"b2":{}},"b":{}}"#),
    // Only what is an object or an array, and where the path leads.
    (#"{"a":{"b":7}}"#, #"{"a":{"b":7}}"#),
    (#"{"b":[1],"a":[{"b":[1]}]}"#, #"{"b":[1],"a":[{"b":[1]}]}"#),
    (#"{"c":{"a":{"b":[1]}},"a":{"c":{"b":[]}}}"#, #"{"c":{"a":{"b":[1]}},"a":{"c":{"b":[]}}}"#),
    (#"[{"a":{"b":[1]}}]"#, #"[{"a":{"b":[1]}}]"#),
    // It is not checked, but for its end.
    (#"{"a":{"b":[1 2,],"c":0}}"#, #"{"a":{"b":null,"c":0}}"#),
  ])
  func aPathIsPassedOver(_ text: String, _ expected: String) throws {
    #expect(try JSONValue(parsing: Array(text.utf8), omitting: ["a", "b"]).text() == expected)
  }

  @Test(arguments: [
    (#"{"a":{"b":[1"#, "'}' or ']'"), (#"{"a":{"b":["1]}}"#, "'\"'"), (#"{"a":{"b":["\"#, "'\"'"),
    (#"{"a":{"b":{"#, "'}' or ']'"), (#"{"a":{"b":[]]}}"#, "',' or '}'"), (#"{"a":{"b":}}"#, "a value"),
  ])
  func whatIsPassedOverHasAnEnd(_ text: String, _ expected: String) throws {
    let message = thrownMessage { _ = try JSONValue(parsing: Array(text.utf8), omitting: ["a", "b"]) }
    #expect(message?.contains("expected \(expected)") == true, "\(message ?? "no error")")
  }

  @Test func manyKeysAreFoundAndDuplicatesNoticed() throws {
    let members = (0..<5000).map { "\"k\($0)\":\($0)" }
    let json = try JSONValue(parsing: "{" + members.joined(separator: ",") + "}")
    #expect(json.object?.count == 5000)
    #expect(json["k4321"]?.int == 4321)
    #expect(
      thrownMessage {
        _ = try JSONValue(parsing: "{" + (members + ["\"k77\":0"]).joined(separator: ",") + "}")
      }?
      .hasPrefix("duplicate JSON key") == true)
  }
}
