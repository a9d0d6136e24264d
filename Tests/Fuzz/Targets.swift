// Every fuzz target, one line each.

let fuzzTargets: [FuzzTarget] = [
  jsonTarget,
  jsonWriterTarget,
]
