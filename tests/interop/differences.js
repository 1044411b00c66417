/**
 * Compares the shapes of two documents: which keys there are, and what kind of value each holds.
 * A difference at or below an allowed path is explained; an allowed path without one is stale.
 */
export function differences(example, document, allowed) {
  const [expected, actual] = [shape(example), shape(document)];
  const found = [
    ...[...expected].filter((each) => !actual.has(each)).map((each) => `missing ${each}`),
    ...[...actual].filter((each) => !expected.has(each)).map((each) => `unexpected ${each}`),
  ];
  const used = new Set();
  const unexplained = found.filter((each) => {
    const [, path] = each.split(" ");
    const reason = allowed.find((start) => path === start || within(path, start));
    if (reason) used.add(reason);
    return !reason;
  });
  return { unexplained, stale: allowed.filter((each) => !used.has(each)) };
}

function within(path, start) {
  return path.startsWith(start) && /^[.:[]/.test(path.slice(start.length));
}

/** Lines like `object.to[]:string`. The context is compared whole, elsewhere. */
function shape(value, path = "", lines = new Set()) {
  if (Array.isArray(value)) {
    lines.add(`${path}:list`);
    for (const item of value) shape(item, `${path}[]`, lines);
  } else if (value !== null && typeof value === "object") {
    lines.add(`${path}:object`);
    for (const [key, item] of Object.entries(value)) {
      if (path || key !== "@context") shape(item, path ? `${path}.${key}` : key, lines);
    }
  } else {
    lines.add(`${path}:${value === null ? "null" : typeof value}`);
  }
  return lines;
}
