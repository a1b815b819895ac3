// Reads an Arrow IPC stream that holds one record batch of plain columns: uncompressed numbers without nulls. GET
// /v1/map sends this format. The columns are views of the received bytes, not copies.
//
// A stream is a sequence of messages: 0xFFFFFFFF, the metadata's length, the metadata (a Flatbuffers table), the body.
// See https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format; format/Schema.fbs and format/Message.fbs
// there define the fields.

export type Column = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
export interface Columns {
  length: number;
  columns: Map<string, Column>;
}

const kSchema = 1;
const kRecordBatch = 3;
const kInt = 2;
const kFloatingPoint = 3;

// A Flatbuffers table; fields are addressed by their index in the schema.
class Table {
  private readonly vtable: number;
  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {
    this.vtable = at - view.getInt32(at, true);
  }
  private field(i: number): number {
    const slot = 4 + 2 * i;
    if (slot >= this.view.getUint16(this.vtable, true)) return 0;
    const offset = this.view.getUint16(this.vtable + slot, true);
    return offset ? this.at + offset : 0;
  }
  private follow(i: number): number {
    const field = this.field(i);
    return field && field + this.view.getUint32(field, true);
  }
  byte = (i: number, none = 0) => (this.field(i) ? this.view.getUint8(this.field(i)) : none);
  short = (i: number) => (this.field(i) ? this.view.getInt16(this.field(i), true) : 0);
  int = (i: number) => (this.field(i) ? this.view.getInt32(this.field(i), true) : 0);
  long = (i: number) => (this.field(i) ? Number(this.view.getBigInt64(this.field(i), true)) : 0);
  has = (i: number) => this.field(i) !== 0;
  table(i: number): Table {
    const at = this.follow(i);
    if (!at) throw new Error("map: expected a table, found none");
    return new Table(this.view, at);
  }
  text(i: number): string {
    const at = this.follow(i);
    if (!at) return "";
    const length = this.view.getUint32(at, true);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + at + 4, length));
  }
  tables(i: number): Table[] {
    const at = this.follow(i);
    const length = at ? this.view.getUint32(at, true) : 0;
    return Array.from({ length }, (_, k) => {
      const slot = at + 4 + 4 * k;
      return new Table(this.view, slot + this.view.getUint32(slot, true));
    });
  }
  // The offsets of the structs in a vector of structs of `size` bytes.
  structs(i: number, size: number): number[] {
    const at = this.follow(i);
    const length = at ? this.view.getUint32(at, true) : 0;
    return Array.from({ length }, (_, k) => at + 4 + size * k);
  }
}

interface Field {
  name: string;
  make: (buffer: ArrayBuffer, at: number, length: number) => Column;
}

function fieldOf(table: Table): Field {
  const name = table.text(0);
  const type = table.byte(2);
  const detail = table.table(3);
  if (type === kFloatingPoint && detail.short(0) === 1) return { name, make: (b, at, n) => new Float32Array(b, at, n) };
  if (type === kFloatingPoint && detail.short(0) === 2) return { name, make: (b, at, n) => new Float64Array(b, at, n) };
  if (type === kInt) {
    const makers: Record<string, Field["make"] | undefined> = {
      "8true": (b, at, n) => new Int8Array(b, at, n),
      "8false": (b, at, n) => new Uint8Array(b, at, n),
      "16true": (b, at, n) => new Int16Array(b, at, n),
      "16false": (b, at, n) => new Uint16Array(b, at, n),
      "32true": (b, at, n) => new Int32Array(b, at, n),
      "32false": (b, at, n) => new Uint32Array(b, at, n),
    };
    const make = makers[`${detail.int(0)}${detail.byte(1) !== 0}`];
    if (make !== undefined) return { name, make };
  }
  throw new Error(`map: column ${name} has an unsupported type`);
}

export function readArrow(buffer: ArrayBuffer): Columns {
  const view = new DataView(buffer);
  let fields: Field[] = [];
  let at = 0;
  while (at + 8 <= buffer.byteLength) {
    if (view.getUint32(at, true) !== 0xffffffff) throw new Error("map: expected an Arrow stream, found other bytes");
    const size = view.getInt32(at + 4, true);
    if (size === 0) break;
    const start = at + 8;
    if (size < 0 || start + size > buffer.byteLength) throw new Error("map: the Arrow stream is truncated");
    const metadata = new DataView(buffer, start, size);
    const message = new Table(metadata, metadata.getUint32(0, true));
    const body = start + size;
    const bodyLength = message.long(3);
    if (body + bodyLength > buffer.byteLength) throw new Error("map: the Arrow stream is truncated");
    const kind = message.byte(1);
    if (kind === kSchema) fields = message.table(2).tables(1).map(fieldOf);
    if (kind === kRecordBatch) {
      const batch = message.table(2);
      if (batch.has(3)) throw new Error("map: expected uncompressed columns");
      const length = batch.long(0);
      // Each column has two buffers, {offset, length} each: the validity bitmap and the values.
      const buffers = batch.structs(2, 16);
      const columns = new Map<string, Column>();
      fields.forEach((field, i) => {
        const offset = Number(metadata.getBigInt64(buffers[2 * i + 1], true));
        columns.set(field.name, field.make(buffer, body + offset, length));
      });
      return { length, columns };
    }
    at = body + bodyLength;
  }
  throw new Error("map: the Arrow stream has no rows");
}
