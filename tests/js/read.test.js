/** What Linecrew writes is an ordinary Automerge document: every section can be read without Linecrew. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Automerge from "@automerge/automerge";
import { bytes, json, text } from "./golden.js";

const expected = json("repair_dispatch.json");
const document = Automerge.load(bytes("repair_dispatch.automerge"));

/** Scalars that Rust wrote are immutable strings here; `toJSON` makes plain ones of them. */
const plain = (value) => JSON.parse(JSON.stringify(value));

test("a saved document has the same heads and the same history", () => {
  assert.deepEqual([...Automerge.getHeads(document)].sort(), [...expected.heads].sort());
  assert.equal(Automerge.getAllChanges(document).length, expected.changes);
});

test("changes as they travel make the same document", () => {
  const changes = text("repair_dispatch.changes").trim().split("\n").map((line) => new Uint8Array(Buffer.from(line, "hex")));
  const [received] = Automerge.applyChanges(Automerge.init(), changes);
  assert.deepEqual(Automerge.getHeads(received), Automerge.getHeads(document));
  assert.deepEqual(plain(received), plain(document));
});

test("the sections are maps of plain fields", () => {
  const sections = ["assignment", "attachments", "events", "materials", "meta", "notes", "order", "readings", "safety"];
  assert.deepEqual(Object.keys(document).sort(), sections);
  for (const section of ["meta", "order", "assignment"]) assert.deepEqual(plain(document[section]), expected[section]);
});

test("every event is one immutable string of JSON under its id", () => {
  assert.deepEqual(Object.keys(document.events).sort(), Object.keys(expected.events).sort());
  for (const [id, value] of Object.entries(document.events)) {
    assert.ok(Automerge.isImmutableString(value), id);
    assert.deepEqual(JSON.parse(value.toString()), expected.events[id]);
    assert.equal(Automerge.getConflicts(document.events, id), undefined, "nobody writes an event twice");
  }
});

test("the notes are text", () => {
  assert.equal(document.notes, expected.notes);
});

test("a line of material that two corrected at once keeps both values, the one to show first", () => {
  for (const [id, [shown, ...others]] of Object.entries(expected.materials)) {
    assert.deepEqual(JSON.parse(document.materials[id].toString()), shown);
    const all = Object.values(Automerge.getConflicts(document.materials, id)).map((value) => JSON.parse(value.toString()));
    const order = (a, b) => a.quantity - b.quantity;
    assert.equal(others.length, 1);
    assert.deepEqual(all.sort(order), [shown, ...others].sort(order));
  }
});
