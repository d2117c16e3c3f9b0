/**
 * A member of a tar archive: its header, and its content filled up to blocks of 512 bytes.
 *
 * @param size What the header's field of 12 bytes says, if that is not the content's length in octal.
 */
export function tarMember(
  name: string,
  content: Buffer,
  { type = "0", size }: { readonly type?: string; readonly size?: Buffer } = {},
): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  (size ?? Buffer.from(`${content.length.toString(8).padStart(11, "0")}\0`)).copy(
    header,
    124,
    0,
    12,
  );
  header.write("        ", 148);
  header.write(type, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc(-content.length & 511)]);
}
