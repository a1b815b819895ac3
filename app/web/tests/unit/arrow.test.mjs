// Our Arrow stream reader, tested on streams written by Apache Arrow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Float32, tableFromArrays, tableToIPC, vectorFromArray } from "apache-arrow";
import { arrowStream, makeCatalogue } from "../fixture.mjs";
import { load } from "./load.mjs";

const { readArrow } = await load("data/arrow.ts");
const bufferOf = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

test("a map with any number of songs", () => {
  for (const n of [1, 2, 7, 8, 9, 1000, 20001]) {
    const made = makeCatalogue(n);
    const { length, columns } = readArrow(bufferOf(arrowStream(made)));
    assert.equal(length, n);
    for (const name of ["x", "y"]) assert.deepEqual(columns.get(name), made[name], name);
    assert.deepEqual(columns.get("cluster"), made.region);
  }
});

test("numbers of other widths", () => {
  const arrays = { a: Int8Array.of(-1, 2), b: Uint16Array.of(1, 65535), c: Int32Array.of(-7, 7), d: Float64Array.of(0.1, -0.2), e: Uint32Array.of(4294967295, 0) };
  const { columns } = readArrow(bufferOf(tableToIPC(tableFromArrays(arrays), "stream")));
  for (const [name, values] of Object.entries(arrays)) assert.deepEqual(columns.get(name), values);
});

test("a truncated, empty or foreign stream is rejected", () => {
  const bytes = arrowStream(makeCatalogue(50));
  for (let size = 0; size < bytes.length - 8; size += 13) assert.throws(() => readArrow(bufferOf(bytes.slice(0, size))), Error, String(size));
  assert.throws(() => readArrow(bufferOf(Buffer.from("<!doctype html><p>"))), /expected an Arrow stream/);
  const text = tableToIPC(tableFromArrays({ t: vectorFromArray(["a", "b"]), x: vectorFromArray([1, 2], new Float32()) }), "stream");
  assert.throws(() => readArrow(bufferOf(text)), /column t/);
});
