/// Help, made from the commands' definitions.
enum HelpText {
  static func overview(_ commands: [CommandDefinition]) -> String {
    """
    tessera: arrays larger than memory, on disk, in NumPy's and Zarr's own formats

    usage: tessera COMMAND … [options]

    commands:
    \(table(commands.map { ($0.name, $0.summary) }))

    arrays are named by where they are:
      x.npy   d.npz/name   x.zarr   group.zarr/name   x.csv

    options of every command:
    \(table(SharedOptions.declarations.map(row)))

    example:
      tessera convert x.npy x.zarr --codec lz4

    tessera COMMAND --help tells more of a command; tessera --version what this build can do.
    exit status: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted

    """
  }

  static func command(_ definition: CommandDefinition) -> String {
    var sections = ["tessera \(definition.name): \(definition.summary)", "usage: \(definition.usage)"]
    if !definition.details.isEmpty { sections.append(definition.details) }
    sections.append("arguments:\n" + table(definition.operands.map { ($0.name, $0.summary) }))
    for group in definition.groups { sections.append("\(group.title):\n" + table(group.options.map(row))) }
    let title = definition.examples.count == 1 ? "example" : "examples"
    sections.append("\(title):\n" + definition.examples.map { "  \($0)" }.joined(separator: "\n"))
    return sections.joined(separator: "\n\n") + "\n"
  }

  private static func row(_ option: any OptionDeclaration) -> (String, String) {
    let names = [option.short.map { "-\($0)" }, option.spelling].compactMap(\.self).joined(separator: ", ")
    return (names + (option.placeholder.map { " \($0)" } ?? ""), option.summary)
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, text in
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(text)"
    }.joined(separator: "\n")
  }
}
