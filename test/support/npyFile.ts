/** A .npy file of version 1.0, as NumPy writes it. */
export function npyFile(
  descr: string,
  isFortran: boolean,
  shape: readonly number[],
  values: Uint8Array,
): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = isFortran ? "True" : "False";
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${tuple}), }\n`;
  const head = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text), values]);
}
