import assert from "node:assert/strict";
import { isSecret, output, secret, type Output } from "@pulumi/pulumi";
import type { StateResource, StoredObject } from "../../../components/backends/contract.ts";
import { checkSecretShape, openStore, remoteObjectsOf, remoteStoreKinds } from "../../../components/backends/index.ts";
import type { RemoteNames } from "../../../components/backends/remote-names.ts";
import { encodePayload, layouts, type RemoteObject } from "../../../components/backends/remote-object.ts";
import { stackIn } from "../../../components/backends/labels.ts";
import { surveyStore } from "../../../components/backends/survey.ts";
import { readState } from "../../../stacks/deploy/state.ts";
import { leaks } from "../../support/clear-text.ts";
import { FakeVault, type Values } from "../../support/fake-vault.ts";
import { runProgram, type RunOptions } from "../../support/mocks.ts";
import type { Registered } from "../../support/recording.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import { prepared } from "../../support/surveys.ts";
import { address, type Row } from "./rows/row.ts";
import { rows } from "./rows/index.ts";

const values: Values = { password: "value-5d1f", username: "user-77aa" };
const shape = { address, keys: Object.keys(values), lengths: { password: 10, username: 9 } };
const credential = "credential-of-the-deployer";
const byHand: Values = { password: "by-hand-31bc", username: "by-hand-9e0d" };
const rotated: Values = { password: "rotated-0c3e", username: "rotated-77d1" };

describe("stores", () => {
  it("are all under contract", () => {
    assert.deepEqual(Object.keys(rows), remoteStoreKinds);
  });
});

for (const row of Object.values(rows)) {
  const own = "layout" in row.spec ? row.spec.layout : "bundle";
  for (const layout of "layout" in row.spec ? layouts : [own]) {
    const spec = "layout" in row.spec ? { ...row.spec, layout } : row.spec;
    describe(`store of kind ${spec.kind}, layout ${layout}`, () => contract({ ...row, spec }));
    // An entry that names nothing is refused; so those of keys go where each has an object, and only there.
    const { "shop/db": ofSecret, ...ofKeys } = row.chosenNames;
    const remoteNames: RemoteNames = layout === "bundle" ? { "shop/db": ofSecret } : ofKeys;
    describe(`store of kind ${spec.kind}, layout ${layout}, with names that somebody else chose`, () => {
      const { refused: _, ...chosen } = row;
      contract({ ...chosen, spec: { ...spec, remoteNames } });
    });
  }
}

function contract({ spec, keyVaultApi, readsLabels, ...row }: Row): void {
  const { resource, refused, prepares = [], functionsThatRead, changeByHand, deleteByHand, foreign } = row;
  const objects = remoteObjectsOf(spec, shape);
  const names = objects.map(({ name }) => name);
  const [first] = objects;
  if (first === undefined) throw new Error("the row has no object");
  const open = (memory?: RemoteMemory) =>
    openStore({
      spec,
      secretConfig: (key) => secret(`${credential} ${key}`),
      options: {},
      ...(keyVaultApi === undefined ? {} : { keyVaultApi }),
      ...(memory === undefined || readsLabels === undefined
        ? {}
        : { readLabels: (name) => Promise.resolve({ value: memory.labels(spec.kind, name) }) }),
    });

  interface Put {
    readonly retain?: boolean;
    readonly adopt?: boolean;
    readonly marked?: boolean;
    readonly values?: Values;
    readonly rotateBy?: string;
    readonly state?: readonly StateResource[];
  }
  /** Puts all objects of the secret. */
  const put =
    ({ retain = false, adopt = false, marked = true, values: held = values, rotateBy, state = [] }: Put = {}) =>
    async (): Promise<readonly StoredObject[]> => {
      // What was found to exist is taken over.
      const store = await prepared(open(), { names: adopt ? names : [], state });
      return objects.map((object) => {
        const payload = encodePayload(object, held);
        return store.put(`shop/db/${object.keys.join("-")}`, {
          object,
          payload: marked ? secret(payload) : output(payload),
          owner: { "managed-by": "pulumi", project: "multicloud-secrets", stack: "dev" },
          retain,
          ...(rotateBy === undefined ? {} : { rotateBy }),
          options: {},
        });
      });
    };
  /** What an earlier run left outside, and in its state. */
  const afterFirstRun = async (): Promise<
    RunOptions & { readonly vault: FakeVault; readonly memory: RemoteMemory }
  > => {
    const { vault, memory, state } = await runProgram(put());
    return { vault, memory, state };
  };
  const payloadOf = (object: RemoteObject, held: Values) => encodePayload(object, held);

  it("names the objects of a secret the same each time, and those of another secret otherwise", () => {
    assert.deepEqual(
      remoteObjectsOf(spec, { ...shape, address: { ...address } }).map(({ name }) => name),
      names,
    );
    const others = remoteObjectsOf(spec, {
      ...shape,
      address: { ...address, secret: "other", path: "shop/other" },
    });
    assert.deepEqual(
      others.filter(({ name }) => names.includes(name)),
      [],
    );
    assert.deepEqual(objects.flatMap(({ keys }) => keys).sort(), Object.keys(values).sort());
  });

  it("gives each object the very name that facts choose for it", () => {
    const { remoteNames = {} } = spec;
    assert.deepEqual(
      objects.flatMap(({ namedBy, name }) => (namedBy === undefined ? [] : [[namedBy, name]])),
      Object.entries(remoteNames),
    );
  });

  it("takes a usual secret", () => {
    assert.deepEqual(checkSecretShape(spec, shape), []);
  });

  if (refused !== undefined) {
    it("rejects what the store would refuse, before anything is written", () => {
      const { path, problem } = refused;
      const issues = checkSecretShape(spec, { ...shape, address: refused.address });
      assert.deepEqual({ path: issues[0]?.path, problem: issues[0]?.problem }, { path, problem });
    });
  }

  it("holds the values as secrets only, one resource for each object, and shows no credential", async () => {
    const { resources, calls, result } = await runProgram(put());
    assert.deepEqual(leaks([resources.all, calls], [...Object.values(values), credential]), []);
    assert.equal(resources.all.filter(({ type }) => type === resource).length, objects.length);
    assert.ok(result.every(({ resources: awaited }) => awaited.length > 0));
  });

  it("marks payloads itself, should a caller have forgotten to", async () => {
    const { resources } = await runProgram(put({ marked: false }));
    assert.deepEqual(leaks(resources.all, Object.values(values)), []);
  });

  it("grants exactly the object that it wrote, and no wildcard", async () => {
    const { result } = await runProgram(async () => {
      const stored = await put()();
      return Promise.all(
        stored.map(
          ({ grant }) => new Promise((resolve) => output(grant).apply((known) => resolve(JSON.stringify(known)))),
        ),
      );
    });
    for (const [index, { name }] of objects.entries()) {
      const grant = String(result[index]);
      assert.ok(grant.includes(name), `${grant} does not name ${name}`);
      assert.ok(!/[*+]/.test(grant), `${grant} holds a wildcard`);
      for (const other of objects.filter((each) => each.name !== name)) assert.ok(!grant.includes(other.name));
    }
  });

  it("moves the version exactly when the value moves, and keeps it readable", async () => {
    const external = { vault: new FakeVault(), memory: new RemoteMemory() };
    const versionsOf = async (held: Values) => {
      const { result } = await runProgram(async () => {
        const stored = await put({ values: held })();
        assert.deepEqual(
          await Promise.all(stored.map(({ version }) => isSecret(version))),
          objects.map(() => false),
        );
        return Promise.all(stored.map(({ version }) => valueOf(version)));
      }, external);
      return result;
    };
    const initial = await versionsOf(values);
    assert.deepEqual(await versionsOf(values), initial);
    const moved = await versionsOf({ password: "moved-11aa", username: "moved-22bb" });
    assert.deepEqual(
      moved.map((version, index) => version === initial[index]),
      objects.map(() => false),
    );
  });

  it("keeps the object at the end where it is asked to, and only there", async () => {
    for (const retain of [true, false]) {
      const { resources } = await runProgram(put({ retain }));
      const holders = resources.all.filter(({ type }) => type === resource);
      assert.deepEqual(
        holders.map(({ options }) => options.retainOnDelete),
        holders.map(() => retain),
      );
    }
  });

  it("takes over an object that exists outside the state where it is told to, and writes its value", async () => {
    const { vault, memory } = await runProgram(put());
    await runProgram(put({ adopt: true, values: byHand }), { vault, memory });
    const { result } = await runProgram(
      async () => {
        const { read } = await prepared(open(), { names, state: [] });
        return Promise.all(objects.map(({ name }) => valueOf(read(name))));
      },
      { vault, memory },
    );
    assert.deepEqual(
      result,
      objects.map((object) => payloadOf(object, byHand)),
    );
  });

  const { takesOver } = row;
  if (takesOver !== "by writing") {
    it("tells the provider that the object exists where it takes one over, and only there", async () => {
      const { vault, memory, resources: fresh } = await runProgram(put());
      const { resources: adopted } = await runProgram(put({ adopt: true }), { vault, memory });
      for (const object of objects) {
        const { type, importId, ...taken } = takesOver(object.name);
        const own: Registered["inputs"] = taken.inputs ?? {};
        const name = `shop/db/${object.keys.join("-")}`;
        const told = ({ options, inputs }: Registered) => ({
          importId: options.importId,
          own: Object.fromEntries(Object.keys(own).map((key) => [key, inputs[key]])),
        });
        assert.deepEqual(told(adopted.find(type, name)), { importId, own });
        assert.notDeepEqual(told(fresh.find(type, name)), { importId, own });
      }
    });
  }

  it("knows which names exist, and asks for no value", async () => {
    const of = (app: string) => ({ ...address, app, secret: "none", path: `${app}/none` });
    const unknown = remoteObjectsOf(spec, { ...shape, address: of("shop") });
    const elsewhere = remoteObjectsOf(spec, { ...shape, address: of("none") });
    const asked = [...objects, ...unknown, ...elsewhere].map(({ name }) => name);
    const existing = async () => [...(await (await open()).existing(asked)).keys()].sort();
    assert.deepEqual((await runProgram(existing)).result, []);
    const { result, calls } = await runProgram(existing, await afterFirstRun());
    assert.deepEqual(result, objects.map(({ name }) => name).sort());
    assert.deepEqual(
      calls.filter(({ token }) => functionsThatRead.includes(token)),
      [],
    );
  });

  it("tells which stack wrote an object, and asks for no value", async () => {
    const before = await afterFirstRun();
    const stacks = async () => {
      const session = await open(before.memory);
      const found = await session.existing(names);
      const told = await Promise.all([...found].map(([name, each]) => session.labelsOf(name, each)));
      const spelled = (text: string) => session.spelledLabel?.(text) ?? text;
      const expected = { project: spelled("multicloud-secrets"), stack: spelled("dev") };
      return { told: told.map((each) => ("value" in each ? stackIn(each.value) : each)), expected };
    };
    const { result, calls } = await runProgram(stacks, before);
    assert.deepEqual(
      result.told,
      objects.map(() => result.expected),
    );
    assert.deepEqual(
      calls.filter(({ token }) => functionsThatRead.includes(token)),
      [],
    );
  });

  it("is surveyed without anything being registered or kept: the same again, whatever was asked between", async () => {
    const before = await afterFirstRun();
    const survey = async () => {
      const session = await open();
      const state = await readState();
      const taken = [
        await surveyStore(session, state, names),
        await surveyStore(session, [], names),
        await surveyStore(session, state, names),
        await surveyStore(session, [], names),
      ];
      session.restoreCommand(first.name, taken[0]?.owned.get(first.name));
      if (session.read !== undefined) await valueOf(session.read(first.name));
      return taken;
    };
    const { result, resources, hooks } = await runProgram(survey, before);
    const [known, lost, knownAgain, lostAgain] = result;
    assert.deepEqual([knownAgain, lostAgain], [known, lost]);
    assert.deepEqual([...(known?.owned.keys() ?? [])].sort(), [...names].sort());
    assert.deepEqual([...(known?.untracked.keys() ?? [])], []);
    assert.deepEqual([...(lost?.owned.keys() ?? [])], []);
    assert.deepEqual([...(lost?.untracked.keys() ?? [])], names);
    const opened = await runProgram(open);
    assert.deepEqual([resources.contents, hooks], [opened.resources.contents, opened.hooks]);
  });

  it("is asked for names only where the state does not know them all", async () => {
    const before = await afterFirstRun();
    const survey = async () => surveyStore(await open(), await readState(), names);
    const { calls } = await runProgram(survey, before);
    assert.deepEqual(
      calls.map(({ token }) => token),
      ["pulumi:pulumi:readStackResourceOutputs"],
    );
  });

  it("registers what the store itself needs when it is prepared, whatever was found before, and no object", async () => {
    const prepare = (before: Parameters<typeof prepared>[1]) => async () => {
      const { options } = await prepared(open(), before);
      return options.provider !== undefined;
    };
    const { resources, result } = await runProgram(prepare({}));
    assert.equal(result, true);
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("pulumi:providers:")),
      prepares,
    );
    const before = await afterFirstRun();
    const found = await runProgram(prepare({ names }), before);
    assert.deepEqual(found.resources.contents, resources.contents);
    const known = await runProgram(async () => prepare({ names, state: await readState() })(), before);
    assert.deepEqual(known.resources.contents, resources.contents);
  });

  it("tells its own objects in the state from others", async () => {
    const owned = async () => [...(await open()).owned([...(await readState()), ...foreign]).keys()].sort();
    const { result } = await runProgram(owned, await afterFirstRun());
    assert.deepEqual(result, objects.map(({ name }) => name).sort());
  });

  it("tells whether an object still holds what was written last", async () => {
    const before = await afterFirstRun();
    const intactAfter = (change: (object: RemoteObject) => void) => async () => {
      const stored = await put({ state: await readState() })();
      // The mocks write what an engine would leave alone, so that only now somebody can change it.
      await Promise.all(stored.map(({ version }) => valueOf(version)));
      for (const object of objects) change(object);
      return Promise.all(stored.map(async ({ intact }) => intact !== undefined && valueOf(intact())));
    };
    assert.deepEqual(
      (
        await runProgram(
          intactAfter(() => undefined),
          before,
        )
      ).result,
      objects.map(() => true),
    );
    const { result, resources, calls } = await runProgram(
      intactAfter((object) => changeByHand(before, object.name, payloadOf(object, byHand))),
      before,
    );
    assert.deepEqual(
      result,
      objects.map(() => false),
    );
    assert.deepEqual(leaks([resources.all, calls], Object.values(byHand)), []);
  });

  it("takes the value of this very run for no change by hand, though the state has the one before", async () => {
    const before = await afterFirstRun();
    const { result } = await runProgram(async () => {
      const stored = await put({ state: await readState(), values: rotated })();
      // The mocks have written by now; an engine may have, when the question is asked.
      await Promise.all(stored.map(({ version }) => valueOf(version)));
      for (const object of objects) changeByHand(before, object.name, payloadOf(object, rotated));
      return Promise.all(stored.map(async ({ intact }) => intact !== undefined && valueOf(intact())));
    }, before);
    assert.deepEqual(
      result,
      objects.map(() => true),
    );
  });

  it("sees that an object was deleted by hand", async () => {
    const before = await afterFirstRun();
    deleteByHand(before, first.name);
    const { result } = await runProgram(async () => [...(await (await open()).existing([first.name])).keys()], before);
    assert.deepEqual(result, []);
  });

  it("reads as a secret what it wrote", async () => {
    const read = async () => {
      const found = (await prepared(open())).read(first.name);
      assert.equal(await isSecret(found), true);
      return valueOf(found);
    };
    const { result } = await runProgram(read, await afterFirstRun());
    assert.equal(result, payloadOf(first, values));
  });

  it("refers to an object that is somebody else's: exact rights, no resource, no value", async () => {
    const { vault, memory } = await afterFirstRun();
    const refer = async () => {
      const store = await prepared(open());
      return objects.map((object) => store.reference("shop/db/theirs", object, () => secret("key-8c41")));
    };
    const { result, resources } = await runProgram(refer, { vault, memory });
    resources.assertNone(resource);
    assert.deepEqual(
      result.map(({ object }) => object),
      objects,
    );
    assert.deepEqual(
      result.flatMap((each) => each.resources),
      [],
    );
    assert.deepEqual(leaks(resources.all, Object.values(values)), []);
  });

  it("names a command that restores a value", async () => {
    const { result } = await runProgram(async () => (await open()).restoreCommand(first.name));
    assert.match(result, /^(pulumi|vault|aws|az|gcloud) /);
    assert.ok(result.includes(first.name) || result.startsWith("pulumi "), result);
  });
}

function valueOf<T>(from: Output<T>): Promise<T> {
  return new Promise((resolve) => from.apply((value) => resolve(value)));
}
