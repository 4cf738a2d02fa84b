/**
 * A phone written in JavaScript records a note. tests/tests/golden_documents/from_javascript.rs lets the server's gate and rules judge the
 * very change that is kept here.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as Automerge from "@automerge/automerge";
import { blessOr, bytes } from "./golden.js";

const EVENT = "01a205e1-96c0-7303-8303-030303030303";
/** The third crew member of the story, with a phone of the same number. */
const WANG = "03030303-0303-0303-0303-030303030303";
const NOTE = "客户要求电话通知复电时间\n";

const idBytes = (id) => Buffer.from(id.replaceAll("-", ""), "hex");

/** The actor of an installation in a document: derived, so that it needs no enrolment (docs/adr/0009). */
function actorOf(installation, document, generation) {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(generation);
  const hash = createHash("sha256").update("linecrew actor 1").update(idBytes(installation)).update(idBytes(document)).update(number);
  return hash.digest("hex").slice(0, 32);
}

function noted() {
  const evidence = { wall: 1795395000000, monotonic_ms: 3005000, boot: WANG };
  return JSON.stringify({ kind: "noted", by: WANG, device: WANG, device_seq: 1, evidence });
}

test("one edit is one change with one event, the same bytes every time", () => {
  const saved = bytes("work_started.automerge");
  const document = Automerge.load(saved).meta.id.toString();
  const before = Automerge.load(saved, { actor: actorOf(WANG, document, 0) });
  // No time: the change's own would be a clock without evidence.
  const after = Automerge.change(before, { time: 0 }, (draft) => {
    Automerge.splice(draft, ["notes"], draft.notes.length, 0, NOTE);
    // A plain string would become a text object, which can be edited in part.
    draft.events[EVENT] = new Automerge.ImmutableString(noted());
  });
  const kept = Automerge.load(blessOr("from_javascript.automerge", Automerge.save(after)));
  assert.deepEqual(Automerge.getHeads(kept), Automerge.getHeads(after));
  assert.deepEqual(JSON.parse(JSON.stringify(kept)), JSON.parse(JSON.stringify(after)));
});
