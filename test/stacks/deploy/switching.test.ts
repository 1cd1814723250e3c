import assert from "node:assert/strict";
import type { Via } from "../../../components/delivery/contract.ts";
import { rsaCertificate } from "../../components/sealed-secrets/certificates.ts";
import { facts } from "../../support/fixtures.ts";
import { up } from "../../support/stack.ts";

type Switched = Exclude<Via, "gitops">;

const types: { readonly [K in Switched]: string } = {
  "external-secret": "kubernetes:external-secrets.io/v1:ExternalSecret",
  "sealed-secret": "kubernetes:bitnami.com/v1alpha1:SealedSecret",
  plain: "kubernetes:core/v1:Secret",
  csi: "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
};
const name = "main/shop/shop-db";

/** Facts of a stack whose Secret is delivered this way. */
const delivered = (via: Switched, more: object = {}) => ({
  clusters: {
    main: { ...facts.clusters.main, sealedSecrets: { certificate: rsaCertificate }, secretsStoreCsi: {} },
  },
  applications: ["shop"],
  via,
  ...more,
});
const run = (via: Switched, state?: Awaited<ReturnType<typeof up>>["state"]) =>
  up({ facts: delivered(via), secret: {}, ...(state === undefined ? {} : { state }) });

type Run = Awaited<ReturnType<typeof run>>;
const upserts = ({ resources }: Run) =>
  resources.find("pulumi:providers:kubernetes", "main").inputs["upsertExistingObjects"] === "true";
const hooksOf = ({ resources }: Run, via: Switched, moment: string) =>
  resources.find(types[via], name).options.hooks?.[moment] ?? [];
const notesOf = ({ logs }: Run) => logs.filter(({ severity }) => severity === "info").map(({ message }) => message);
/** What a run leaves in a state that the next one drops. */
const both = (before: Run, after: Run) => ({ ...before.state, ...after.state });

const makers: Readonly<Record<string, string>> = {
  "external-secret": "the External Secrets Operator",
  "sealed-secret": "the Sealed Secrets controller",
  plain: "this program",
};
const taking = `take-over-${name}`;
/** Hooks before the new object of each switch is created. */
const pairs: readonly (readonly [from: Switched, to: Switched, hooks: readonly string[]])[] = [
  ["external-secret", "plain", [taking]],
  ["sealed-secret", "plain", [taking]],
  ["plain", "external-secret", [taking]],
  ["sealed-secret", "external-secret", ["release-secret-main", taking]],
  ["external-secret", "sealed-secret", ["replace-secret-main"]],
  ["plain", "sealed-secret", ["replace-secret-main"]],
];

describe("a Secret that is delivered in another way than so far", () => {
  for (const [from, to, hooks] of pairs) {
    describe(`${from} → ${to}`, () => {
      it("is taken over before it is written, and the plain one is kept from being deleted", async () => {
        const first = await run(from);
        const second = await run(to, first.state);
        assert.deepEqual(hooksOf(second, to, "beforeCreate"), hooks);
        assert.equal(upserts(second), to === "plain");
        const kept = second.resources.names(types.plain).filter((each) => each !== name);
        const forgotten =
          from === "plain" ? `. The next run removes ${name}/kept from the state, and leaves the Secret` : "";
        assert.deepEqual(notesOf(second), [
          `Secret shop/shop-db of cluster main changes hands: so far from ${makers[from]}, now via ${to}. It stays in place, with its values${forgotten}`,
        ]);
        if (from !== "plain") {
          assert.deepEqual(kept, []);
          return;
        }
        assert.deepEqual(kept, [`${name}/kept`]);
        const { options } = second.resources.find(types.plain, `${name}/kept`);
        assert.equal(options.retainOnDelete, true);
        assert.deepEqual(options.aliases, [name]);
        assert.deepEqual(options.ignoreChanges, ["metadata", "data", "stringData", "type", "immutable"]);
        assert.ok(second.resources.find(types[to], name).options.dependsOn.includes(`${name}/kept`));
      });

      it("is as it is in any other run afterwards", async () => {
        const second = await run(to, (await run(from)).state);
        const third = await run(to, second.state);
        assert.deepEqual(third.resources.names(types.plain), to === "plain" ? [name] : []);
        assert.equal(upserts(third), false);
        assert.deepEqual(notesOf(third), []);
        const { inputs } = third.resources.find(types[to], name);
        assert.deepEqual(inputs, second.resources.find(types[to], name).inputs);
      });

      it("is finished by the next run where this one was killed at the end, and changes back where that is asked for", async () => {
        const first = await run(from);
        const second = await run(to, first.state);
        const killed = both(first, second);
        const again = await run(to, killed);
        assert.equal(upserts(again), false);
        assert.equal(again.resources.names(types[to]).includes(name), true);

        const back = await run(from, killed);
        assert.ok(back.resources.names(types[from]).includes(name));
        // What had let go is written again: its object is in the state, and would not be looked at.
        if (from === "external-secret") {
          assert.notDeepEqual(
            back.resources.find(types[from], name).inputs,
            first.resources.find(types[from], name).inputs,
          );
          assert.equal(hooksOf(back, from, "beforeUpdate").length > 1, true);
        }
        if (to === "plain") {
          const { options } = back.resources.find(types.plain, `${name}/taken-back`);
          assert.deepEqual([options.retainOnDelete, options.aliases], [true, [name]]);
        }
      });
    });
  }

  it("is announced by a preview, which has nobody let go", async () => {
    const first = await run("plain");
    const preview = await up({ facts: delivered("external-secret"), secret: {}, state: first.state, preview: true });
    assert.deepEqual(notesOf(preview), [
      `Secret shop/shop-db of cluster main changes hands: so far from this program, now via external-secret. It stays in place, with its values. The next run removes ${name}/kept from the state, and leaves the Secret`,
    ]);
  });

  for (const syncSecret of [false, true]) {
    for (const from of ["external-secret", "sealed-secret", "plain"] as const) {
      it(`stays when Pods mount its files instead, ${syncSecret ? "as the driver's" : "and nobody has it"}: from ${from}`, async () => {
        const first = await run(from);
        const clusters = { main: { ...delivered("csi").clusters.main, secretsStoreCsi: { syncSecret } } };
        const second = await up({ facts: delivered("csi", { clusters }), secret: {}, state: first.state });
        assert.deepEqual(hooksOf(second, "csi", "beforeCreate"), [taking]);
        assert.deepEqual(second.resources.names(types.plain), from === "plain" ? [`${name}/kept`] : []);
        assert.equal(upserts(second), false);
        const [note = ""] = notesOf(second);
        assert.match(
          note,
          syncSecret
            ? /From now on the CSI driver writes it, and it goes with the last Pod that mounts it$/
            : /Nothing writes it any more: once no workload names it, kubectl delete secret shop-db -n shop$/,
        );
        const third = await up({ facts: delivered("csi", { clusters }), secret: {}, state: second.state });
        assert.deepEqual([notesOf(third), third.resources.names(types.plain)], [[], []]);
      });
    }
  }
});
