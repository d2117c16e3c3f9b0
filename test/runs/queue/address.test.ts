import assert from "node:assert/strict";
import fc from "fast-check";
import { parseQueueAddress } from "../../../src/runs/queue/address";
import { readOrRefused } from "../../support/malformed";
import { troubleOnce } from "../../../src/runs/queue/connection";

describe("the address of a queue", () => {
  it("a queue address has a host, a port (by default 6379) and a database (by default 0)", () => {
    assert.deepEqual(parseQueueAddress("redis://gpu1:7000/3").options, {
      host: "gpu1",
      port: 7000,
      db: 3,
    });
    assert.deepEqual(parseQueueAddress("redis://[::1]").options, {
      host: "::1",
      port: 6379,
      db: 0,
    });
  });

  it("a rediss:// address requests TLS, and user and password are decoded", () => {
    const { options } = parseQueueAddress("rediss://me:a%2Fb%3Ac@host/1");
    assert.deepEqual(options, {
      host: "host",
      port: 6379,
      db: 1,
      username: "me",
      password: "a/b:c",
      tls: {},
    });
    assert.equal(parseQueueAddress("redis://host").options.tls, undefined);
  });

  it("a queue address is shown without user and password", () => {
    assert.equal(parseQueueAddress("rediss://me:secret@host:1").shown, "rediss://host:1/0");
  });

  const wrong = [
    ...["", "gpu1:6379", "http://me:secret@host", "redis://me:secret@/0", "redis://"],
    ...["redis://me:secret@host/zero", "redis://h/0/1", "redis://h?password=secret"],
    ...["redis://h/0#secret", "redis://me:secret%@host"],
  ];
  for (const text of wrong)
    it(`parseQueueAddress rejects "${text}" without repeating a secret`, () => {
      assert.throws(
        () => parseQueueAddress(text),
        ({ message }: Error) => /^expected /.test(message) && !message.includes("secret"),
      );
    });

  for (const address of ["redis://u:secret#x@h", "redis://u:secret/x@h", "redis://u:1/x@h"])
    it(`parseQueueAddress names the encoding of a password for ${address}`, () => {
      assert.throws(
        () => parseQueueAddress(address),
        /in user and password, write # as %23, \/ as/,
      );
    });

  it("parseQueueAddress reads any text as an address of the same parts, or rejects it", () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom("", "h", "[::1]", "1", "99999", "-1", "a%2Fb"),
    );
    const address = fc
      .tuple(fc.constantFrom("redis", "rediss", "http", ""), part, part, part, part, part)
      .map(([kind, user, password, host, port, database]) => ({
        text: `${kind}://${user}:${password}@${host}:${port}/${database}`,
        password,
      }));
    const any = fc.string().map((text) => ({ text, password: "" }));
    fc.assert(
      fc.property(fc.oneof(address, any), ({ text, password }) => {
        const read = readOrRefused(() => parseQueueAddress(text), /^expected .*, got /);
        if (read === undefined) return;
        const { host, port, db } = read.options as { host: string; port: number; db: number };
        assert.ok(host !== "" && Number.isInteger(db) && db >= 0 && db <= 9999, text);
        assert.ok(Number.isInteger(port) && port >= 0 && port <= 65535, text);
        const again = parseQueueAddress(read.shown).options;
        assert.deepEqual([again.host, again.port, again.db], [host, port, db]);
        if (password.length > 3)
          assert.ok(!read.shown.includes(password) || host.includes(password));
      }),
      { numRuns: 3000 },
    );
  });

  it("redacted removes the user and password from a text, encoded or not", () => {
    const { redacted } = parseQueueAddress("redis://me:a%2Fb@host/0");
    assert.equal(redacted("AUTH me a/b failed"), "AUTH *** *** failed");
    assert.equal(
      redacted("User 'me' may not: some memory, me"),
      "User '***' may not: some memory, ***",
    );
    assert.equal(redacted("at redis://me:a%2Fb@host/0"), "at ***");
    assert.equal(redacted("other rediss://x:y@z/1"), "other rediss://***@z/1");
  });

  it("redacted removes any password from any text", () => {
    const passwords = fc
      .string({ minLength: 4, maxLength: 20 })
      .filter((one) => !"***".includes(one));
    fc.assert(
      fc.property(passwords, fc.string(), fc.string(), (password, before, behind) => {
        const address = `redis://:${encodeURIComponent(password)}@host`;
        const text = `${before}${password}${behind} ${address}`;
        const left = parseQueueAddress(address).redacted(text);
        assert.ok(!left.includes(password));
        assert.ok(!left.includes(encodeURIComponent(password)));
      }),
    );
  });

  it("troubleOnce reports each kind of trouble once and without secrets", () => {
    const told: string[] = [];
    const tell = troubleOnce(parseQueueAddress("redis://:secret@host"), (text) => told.push(text));
    for (const message of ["lost secret\nmore", "lost secret", "other"]) tell(new Error(message));
    assert.deepEqual(told, ["redis://host:6379/0: lost ***", "redis://host:6379/0: other"]);
  });
});
