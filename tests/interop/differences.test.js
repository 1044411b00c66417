import assert from "node:assert/strict";
import { it } from "node:test";
import { differences } from "./differences.js";

const example = { id: "a", tag: [{ type: "Hashtag" }], object: { to: ["x"], endTime: "now" } };

it("finds what is missing, what is too much and what has another kind", () => {
  const document = { id: "a", tag: [], object: { to: "x" }, extra: 1 };
  assert.deepEqual(differences(example, document, []).unexplained, [
    "missing tag[]:object",
    "missing tag[].type:string",
    "missing object.to:list",
    "missing object.to[]:string",
    "missing object.endTime:string",
    "unexpected object.to:string",
    "unexpected extra:number",
  ]);
});

it("lets explained differences be, and nothing beside them", () => {
  const document = { ...example, tag: [], tags: [] };
  const { unexplained, stale } = differences(example, document, ["tag[]", "object.endTime"]);
  assert.deepEqual(unexplained, ["unexpected tags:list"]);
  assert.deepEqual(stale, ["object.endTime"]);
});
