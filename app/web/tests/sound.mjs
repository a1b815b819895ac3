// So many seconds of nothing: a WAV file of 8-bit samples.
export function silence(seconds) {
  const samples = Math.round(8000 * seconds);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples, 4);
  head.write("WAVEfmt ", 8);
  [16, 1 | (1 << 16), 8000, 8000, 1 | (8 << 16)].forEach((value, i) => head.writeUInt32LE(value, 16 + 4 * i));
  head.write("data", 36);
  head.writeUInt32LE(samples, 40);
  return Buffer.concat([head, Buffer.alloc(samples, 128)]);
}
