import assert from "node:assert/strict";
import { secret, type Output } from "@pulumi/pulumi";
import fc from "fast-check";
import { isWriteOnly, openStore, remoteObjectsOf, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { encodePayload } from "../../../components/backends/remote-object.ts";
import { valueNumber } from "../../../components/backends/write-only.ts";
import { readState } from "../../../stacks/deploy/state.ts";
import { leaks } from "../../support/clear-text.ts";
import type { Values } from "../../support/fake-vault.ts";
import { failureOf, runProgram, type RunOptions } from "../../support/mocks.ts";
import { SecretInput } from "../../support/recording.ts";
import { prepared } from "../../support/surveys.ts";
import { rows } from "./rows/index.ts";
import { address, type Row } from "./rows/row.ts";

const key = "key-of-the-secret";

describe("the number of a write-only value", () => {
  it("fits into a signed 32-bit number, and is never 0, which providers take for none", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, payload) => {
        const number = valueNumber(key, name, payload);
        return Number.isInteger(number) && number >= 1 && number < 2 ** 31;
      }),
    );
  });

  it("is the same for the same value, and another for another value, object, key, or what is written beside", () => {
    const number = valueNumber(key, "shop/db", '{"a":"1"}', "beside");
    assert.equal(valueNumber(key, "shop/db", '{"a":"1"}', "beside"), number);
    const others = [
      valueNumber(key, "shop/db", '{"a":"2"}', "beside"),
      valueNumber(key, "shop/other", '{"a":"1"}', "beside"),
      valueNumber("another", "shop/db", '{"a":"1"}', "beside"),
      valueNumber(key, "shop/db", '{"a":"1"}'),
      // Parts are told apart: a name that ends as the value begins is another name.
      valueNumber(key, 'shop/db","{', '"a":"1"}', "beside"),
    ];
    assert.ok(!others.includes(number));
  });
});

/** Inputs of a value by kind: the one that the state keeps, the one that it does not, and its number. */
const inputsOf: Readonly<Record<string, readonly [string, string, string]>> = {
  "aws-parameter-store": ["value", "valueWo", "valueWoVersion"],
  "aws-secrets-manager": ["secretString", "secretStringWo", "secretStringWoVersion"],
  "gcp-secret-manager": ["secretData", "secretDataWo", "secretDataWoVersion"],
  "vault-kv": ["dataJson", "dataJsonWo", "dataJsonWoVersion"],
};

for (const [kind, row] of Object.entries(rows)) {
  const inputs = inputsOf[kind];
  if (inputs === undefined) continue;
  describe(`write-only store of kind ${kind}`, () => contract(row, inputs));
}

function contract(row: Row, [plain, writeOnly, number]: readonly [string, string, string]): void {
  const spec: RemoteStoreSpec = { ...row.spec, writeOnly: true } as RemoteStoreSpec;
  const values: Values = { password: "value-5d1f", username: "user-77aa" };
  const moved: Values = { password: "moved-11aa", username: "moved-22bb" };
  const objects = remoteObjectsOf(spec, {
    address,
    keys: Object.keys(values),
    lengths: { password: 10, username: 9 },
  });

  interface Put {
    readonly values?: Values;
    readonly digestKey?: string | null;
    readonly store?: RemoteStoreSpec;
    readonly owner?: string;
  }
  /** Puts the secret as a run does: what the state knows is asked first, and drift is looked for last. */
  const put =
    ({ values: held = values, digestKey = key, store = spec, owner = "dev" }: Put = {}) =>
    async () => {
      const session = openStore({ spec: store, secretConfig: () => undefined, options: {} });
      const ready = await prepared(session, { state: await readState() });
      const stored = objects.map((object) =>
        ready.put(`shop/db/${object.keys.join("-")}`, {
          object,
          payload: secret(encodePayload(object, held)),
          owner: { "managed-by": "pulumi", project: "multicloud-secrets", stack: owner },
          retain: false,
          ...(digestKey === null ? {} : { digestKey: secret(digestKey) }),
          options: {},
        }),
      );
      return {
        versions: await Promise.all(stored.map(({ version }) => valueOf(version))),
        intact: await Promise.all(stored.flatMap(({ intact }) => (intact === undefined ? [] : [valueOf(intact())]))),
      };
    };
  const run = async (options?: Put, before: RunOptions = {}) => {
    const { result, resources, ...rest } = await runProgram(put(options), before);
    const written = resources.all.filter(({ type }) => type === row.resource);
    return { ...rest, ...result, resources, written, numbers: written.map(({ inputs }) => inputs[number]) };
  };
  const after = ({ vault, memory, state }: Awaited<ReturnType<typeof run>>): RunOptions => ({ vault, memory, state });
  const all = <T>(value: T) => objects.map(() => value);

  it("is told from others", () => {
    assert.deepEqual([isWriteOnly(spec), isWriteOnly(row.spec)], [true, false]);
  });

  it("is given the value in the field that is not kept, with a number that says nothing in clear", async () => {
    const { written, resources, calls } = await run();
    assert.equal(written.length, objects.length);
    for (const { inputs } of written) {
      assert.equal(plain in inputs, false);
      assert.ok(inputs[writeOnly] instanceof SecretInput);
      assert.ok(inputs[number] instanceof SecretInput);
    }
    assert.deepEqual(leaks([resources.all, calls], [...Object.values(values), key]), []);
  });

  it("leaves no value among the outputs that the state holds", async () => {
    const { state } = await run();
    const text = JSON.stringify(state);
    assert.deepEqual(
      Object.values(values).filter((value) => text.includes(value)),
      [],
    );
  });

  it("is given the same number in every run as long as the value is the same, and no version is made", async () => {
    const first = await run();
    const second = await run({}, after(first));
    assert.deepEqual(second.numbers, first.numbers);
    assert.deepEqual(second.versions, first.versions);
    // A machine with nothing but the key and the value.
    assert.deepEqual((await run()).numbers, first.numbers);
  });

  it("is given another number for another value, which makes a version", async () => {
    const first = await run();
    const second = await run({ values: moved }, after(first));
    for (const [index, each] of second.numbers.entries()) assert.notDeepEqual(each, first.numbers[index]);
    for (const [index, each] of second.versions.entries()) assert.notEqual(each, first.versions[index]);
  });

  it("holds what was written last, before, during and after a rotation", async () => {
    const first = await run();
    const second = await run({}, after(first));
    assert.deepEqual(second.intact, all(true));
    const rotation = await run({ values: moved }, after(second));
    assert.deepEqual(rotation.intact, all(true));
    assert.deepEqual((await run({ values: moved }, after(rotation))).intact, all(true));
  });

  it("shows a value that was changed by hand, also to a run that changes what is written beside it", async () => {
    const first = await run();
    for (const object of objects) row.changeByHand(first, object.name, encodePayload(object, { password: "by-hand" }));
    const { intact, resources, calls } = await run({}, after(first));
    assert.deepEqual(intact, all(false));
    assert.deepEqual(leaks([resources.all, calls], ["by-hand"]), []);
  });

  it("takes other metadata for no change of the value", async () => {
    const first = await run();
    assert.deepEqual((await run({ owner: "prod", values: moved }, after(first))).intact, all(true));
  });

  it("can become write-only, and plain again: each value is written anew, and nothing is taken for drift", async () => {
    const first = await run({ store: row.spec });
    const second = await run({}, after(first));
    assert.deepEqual(second.intact, all(true));
    for (const { inputs } of second.written) assert.deepEqual([plain in inputs, writeOnly in inputs], [false, true]);
    const third = await run({ store: row.spec }, after(second));
    assert.deepEqual(third.intact, all(true));
    for (const { inputs } of third.written) assert.deepEqual([plain in inputs, number in inputs], [true, false]);
  });

  it("is never written without a key", async () => {
    assert.equal(
      await failureOf(put({ digestKey: null })),
      `"${objects[0]?.name ?? ""}" is to be written without a key for its number`,
    );
  });
}

function valueOf<T>(from: Output<T>): Promise<T> {
  return new Promise((resolve) => from.apply((value) => resolve(value)));
}
