import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import type { ResourceHandler } from "../../support/provider.ts";
import { type PropertyMap, revealMap, Secret, UNKNOWN } from "../../support/values.ts";
import { onApiServer, type Answers, type Seen } from "./api-server.ts";

const place = "/api/v1/namespaces/shop/secrets/db";
const urn = "urn:pulumi:s::p::kubernetes:core/v1:SecretPatch::main/shop/db";
const request = {
  ...{ urn, type: "kubernetes:core/v1:SecretPatch", name: "main/shop/db", log: SILENT },
  ...{ signal: new AbortController().signal, oldInputs: {}, ignoreChanges: [], timeoutSeconds: 0, id: "shop/db" },
};
const force = { "pulumi.com/patchForce": "true" };
const inputs = (data: PropertyMap, metadata: PropertyMap = {}): PropertyMap => ({
  ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "db", namespace: "shop", ...metadata } },
  data: new Secret(data),
});
const live = (data: Record<string, string>, managers: readonly string[] = ["m1"]) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    ...{ name: "db", namespace: "shop", resourceVersion: "7" },
    managedFields: managers.map((manager) => ({ manager, operation: "Update", fieldsV1: {} })),
  },
  data,
});
const state = (old: PropertyMap, found: Record<string, string>): PropertyMap => ({
  ...(live(found) as PropertyMap),
  ...{ __inputs: old, __initialApiVersion: "v1", __fieldManager: "m1" },
});
const [one, two] = ["MQ==", "Mg=="];

describe("Patch resources of Kubernetes objects", () => {
  let stop: () => Promise<void>;
  let seen: Seen[];
  const onServer = async (answers: Answers = {}, settings: PropertyMap = {}): Promise<ResourceHandler> => {
    const server = await onApiServer(answers, settings);
    ({ stop, seen } = server);
    return server.provider.resource(request.type);
  };
  afterEach(() => stop());

  describe("checked", () => {
    const check = async (newInputs: PropertyMap, settings: PropertyMap = {}) =>
      (await onServer({}, settings)).check({ ...request, newInputs, randomSeed: new Uint8Array() });

    it("keep their name, and their stringData as data", async () => {
      const { inputs: checked } = await check({ ...inputs({ a: one }), stringData: new Secret({ b: "2" }) });
      assert.deepEqual(revealMap(checked), revealMap(inputs({ a: one, b: two })));
      assert.ok(checked["data"] instanceof Secret);
    });

    it("leave stringData that is not known yet", async () => {
      const { inputs: checked } = await check({ ...inputs({}), stringData: new Secret({ b: UNKNOWN }) });
      assert.deepEqual(revealMap(checked)["stringData"], { b: UNKNOWN });
    });

    it("need the name of what they patch", async () => {
      await assert.rejects(check({ ...inputs({}), metadata: { namespace: "shop" } }), {
        message: "patch resources require the `.metadata.name` field to be set",
      });
    });

    it("need server-side apply", async () => {
      await assert.rejects(check(inputs({}), { enableServerSideApply: "false" }), {
        message:
          "patch resources require Server-Side Apply mode, which is enabled using the `enableServerSideApply` Provider config",
      });
    });

    it("are told from a kind of somebody's that is called so", async () => {
      await onServer();
      const { provider, stop: stopOther } = await onApiServer({
        "GET /apis/x.dev/v1": [200, { resources: [{ name: "notepatches", kind: "NotePatch", namespaced: true }] }],
      });
      const type = "kubernetes:x.dev/v1:NotePatch";
      const newInputs = { apiVersion: "x.dev/v1", kind: "NotePatch", metadata: {} };
      const { inputs: checked } = await provider
        .resource(type)
        .check({ ...request, type, newInputs, randomSeed: new Uint8Array() });
      assert.match(JSON.stringify(checked["metadata"]), /"name":"main\/shop\/db-[0-9a-f]{8}"/);
      await stopOther();
    });
  });

  describe("created", () => {
    it("are applied by a manager of their own, not by force, and know the whole object", async () => {
      const handler = await onServer({ [`PATCH ${place}`]: [200, live({ a: one, theirs: two })] });
      const { id, outputs } = await handler.create({ ...request, inputs: inputs({ a: one }), preview: false });
      const { __fieldManager: manager } = outputs;
      assert.ok(typeof manager === "string" && /^pulumi-kubernetes-[0-9a-f]{8}$/.test(manager));
      assert.deepEqual(seen, [
        {
          request: `PATCH ${place}`,
          query: { fieldManager: manager, force: "false" },
          type: "application/apply-patch+yaml",
          body: revealMap(inputs({ a: one })),
        },
      ]);
      assert.equal(id, "shop/db");
      assert.deepEqual(
        [outputs["data"] instanceof Secret, revealMap(outputs)["data"]],
        [true, { a: one, theirs: two }],
      );
    });

    it("write over what others manage only with the annotation", async () => {
      const handler = await onServer({ [`PATCH ${place}`]: [200, live({ a: one })] });
      const forced = inputs({ a: one }, { annotations: force });
      await handler.create({ ...request, inputs: forced, preview: false });
      assert.equal(seen[0]?.query["force"], "true");
    });

    it("say with whom they are in conflict, and the way out", async () => {
      const message = 'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.a';
      const handler = await onServer({ [`PATCH ${place}`]: [409, { reason: "Conflict", message }] });
      const chosen = inputs({ a: one }, { annotations: { "pulumi.com/patchFieldManager": "mine" } });
      await assert.rejects(handler.create({ ...request, inputs: chosen, preview: false }), {
        message:
          `resource "${urn}" was not successfully created by the Kubernetes API server: Server-Side Apply field conflict detected. ` +
          "See https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/" +
          "#handle-field-conflicts-on-existing-resources for troubleshooting help.\n" +
          `The resource managed by field manager "mine" had an apply conflict: ${message}`,
      });
    });

    it("are not tried at preview", async () => {
      const handler = await onServer();
      const given = inputs({ a: one });
      assert.deepEqual(await handler.create({ ...request, inputs: given, preview: true }), { id: "", outputs: given });
      assert.deepEqual(seen, []);
    });
  });

  describe("compared", () => {
    const diff = async (old: PropertyMap, found: Record<string, string>, newInputs: PropertyMap, settings = {}) => {
      const handler = await onServer({}, settings);
      return handler.diff({ ...request, oldOutputs: state(old, found), newInputs });
    };

    it("see their own fields alone", async () => {
      const { detailed } = await diff(inputs({ a: one }), { a: one, theirs: two }, inputs({ a: one }));
      assert.deepEqual(detailed, {});
    });

    it("are changed in place, also where the whole Secret would be made anew", async () => {
      const mutable = { enableSecretMutable: "false" };
      const { detailed, replaces } = await diff(inputs({ a: one }), { a: one }, inputs({ a: two }), mutable);
      assert.deepEqual([detailed, replaces], [{ "data.a": { kind: "update" } }, []]);
    });

    it("move to another object by replacement", async () => {
      const { replaces, deleteBeforeReplace } = await diff(
        inputs({ a: one }),
        { a: one },
        inputs({ a: one }, { name: "other" }),
      );
      assert.deepEqual([replaces, deleteBeforeReplace], [["metadata.name"], false]);
    });
  });

  describe("updated", () => {
    const update = async (found: ReturnType<typeof live>, newInputs: PropertyMap, preview: boolean) => {
      const handler = await onServer({ [`GET ${place}`]: [200, found], [`PATCH ${place}`]: [200, found] });
      const oldOutputs = state(inputs({ a: one }), { a: one });
      return handler.update({ ...request, oldOutputs, newInputs, preview });
    };
    const applied = () => seen.map(({ query, body }) => [query["fieldManager"], query["force"], query["dryRun"], body]);

    it("apply again, and leave the fields of every other manager where they are", async () => {
      await update(live({ a: one }, ["kubectl-create", "pulumi-kubernetes"]), inputs({ a: two }), false);
      assert.deepEqual(applied(), [["m1", "false", undefined, revealMap(inputs({ a: two }))]]);
    });

    it("are tried at preview, by force where the object's own resource was created without apply", async () => {
      await update(live({ a: one }, ["pulumi-kubernetes"]), inputs({ a: two }), true);
      assert.deepEqual(applied(), [["m1", "true", "All", revealMap(inputs({ a: two }))]]);
    });

    it("are tried at preview without force otherwise", async () => {
      await update(live({ a: one }, ["kubectl-create"]), inputs({ a: two }), true);
      assert.deepEqual(applied(), [["m1", "false", "All", revealMap(inputs({ a: two }))]]);
    });

    it("give up the fields of the manager that they were applied by before", async () => {
      const renamed = inputs({ a: one }, { annotations: { "pulumi.com/patchFieldManager": "m2" } });
      const { __fieldManager: manager } = await update(live({ a: one }), renamed, false);
      const nothing = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "shop", name: "db" } };
      assert.equal(manager, "m2");
      assert.deepEqual(applied(), [
        ["m2", "false", undefined, revealMap(renamed)],
        ["m1", "false", undefined, nothing],
      ]);
    });
  });

  it("read their own fields as inputs, with what they hold now", async () => {
    const handler = await onServer({ [`GET ${place}`]: [200, live({ a: two, theirs: two })] });
    const old = { ...inputs({}), stringData: new Secret({ a: "1" }) };
    const found = await handler.read({ ...request, oldInputs: old, oldOutputs: state(revealMap(old), { a: one }) });
    assert.deepEqual(revealMap(found?.inputs ?? {}), revealMap(inputs({ a: two })));
    assert.deepEqual(revealMap(found?.outputs ?? {})["data"], { a: two, theirs: two });
  });

  describe("deleted", () => {
    const remove = async (answers: Answers) =>
      (await onServer(answers)).delete({ ...request, oldOutputs: state(inputs({ a: one }), { a: one }) });

    it("give up their fields by an apply of nothing, and leave the object", async () => {
      await remove({ [`PATCH ${place}`]: [200, live({})] });
      assert.deepEqual(seen, [
        {
          request: `PATCH ${place}`,
          query: { fieldManager: "m1", force: "false" },
          type: "application/apply-patch+yaml",
          body: { apiVersion: "v1", kind: "Secret", metadata: { namespace: "shop", name: "db" } },
        },
      ]);
    });

    it("refuse to give up a field that the object needs", async () => {
      const message = 'Secret "db" is invalid: data.a: Required value';
      const causes = [{ reason: "FieldValueRequired", message: "Required value", field: "data.a" }];
      const body = { reason: "Invalid", message, details: { causes } };
      await assert.rejects(remove({ [`PATCH ${place}`]: [422, body] }), {
        message:
          "this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the " +
          "`retainOnDelete` resource option, or transfer ownership of the field before deleting: data.a",
      });
    });
  });
});
