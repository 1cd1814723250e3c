import assert from "node:assert/strict";
import type { StoreExaminer } from "../../../components/backends/examiner.ts";
import { openExaminer } from "../../../operations/doctor/stores.ts";
import { environment } from "../../support/fixtures.ts";
import { chainOf, diagnose, the, told, type World } from "./scene.ts";

const notReady = (message: string) => ({
  conditions: [{ type: "Ready", status: "False", reason: "SecretSyncedError", message }],
});

describe("the doctor, asked about the store itself", () => {
  const asked: unknown[] = [];
  const examiner: StoreExaminer = {
    store: () => Promise.resolve({ seen: [{ link: "store", text: "the store works" }] }),
    reader: ({ scope, objects, by }) => {
      asked.push(
        scope,
        by,
        objects.map(({ name, secret }) => [name, secret]),
      );
      return Promise.resolve({ unanswered: [{ link: "rights", subject: "the policy", reason: "no right" }] });
    },
    object: ({ name }, keys) => {
      asked.push([name, ...keys]);
      return Promise.resolve({ findings: [{ link: "object", subject: name, problem: "does not exist", fix: "up" }] });
    },
  };

  it("asks it for the reader of the namespace and what its Secret is made of", async () => {
    const report = await diagnose((world) => (world.store = examiner));
    assert.deepEqual(asked, [
      { platform: "acme", environment: "test", cluster: "main", namespace: "shop" },
      "operator",
      [["acme-test/shop/db", "shop/db"]],
      ["acme-test/shop/db", "password", "username"],
    ]);
    assert.deepEqual(told(report), ["object first: acme-test/shop/db does not exist\nfix: up"]);
    assert.deepEqual(
      report.unchecked.map(({ link, kind }) => `${link} ${kind}`),
      ["rights unanswered"],
    );
  });

  it("asks it for nothing else where nothing answers, which would take as long for each Secret", async () => {
    const never = () => Promise.reject(new Error("asked"));
    const unanswered = [{ link: "store", subject: "Vault", reason: "no answer within 10 s" }] as const;
    const report = await diagnose((world) => {
      world.store = { store: () => Promise.resolve({ unanswered, unreachable: true }), reader: never, object: never };
      the(world, "ExternalSecret").status = notReady("something new");
    });
    assert.deepEqual(
      report.unchecked.map(({ link, subject, reason }) => `${link}: ${subject}: ${reason}`),
      [
        "store: Vault: no answer within 10 s",
        "rights: the reader's rights in store vault: nothing answers there",
        "object: acme-test/shop/db in store vault: nothing answers there",
      ],
    );
  });

  it("takes what the store calls a warning for one: the value arrives", async () => {
    const found = { link: "object", severity: "warning", subject: "it", problem: "has no replica", fix: "up" } as const;
    const report = await diagnose(
      (world) => (world.store = { ...examiner, object: () => Promise.resolve({ findings: [found] }) }),
    );
    assert.deepEqual(told(report), ["object warning: it has no replica\nfix: up"]);
  });

  it("names the object before what the operator says of it", async () => {
    const report = await diagnose((world) => {
      world.store = examiner;
      the(world, "ExternalSecret").status = notReady("something new");
    });
    assert.deepEqual(
      report.problems.map(({ link, first }) => `${link} ${first}`),
      ["object true", "delivery false"],
    );
  });

  it("says that it was not asked only where nothing else tells", async () => {
    const broken = (world: World) => (the(world, "ExternalSecret").status = notReady("something new"));
    assert.deepEqual((await diagnose(broken)).unchecked, [
      {
        link: "rights",
        subject: "the reader's rights in store vault",
        reason: "VAULT_TOKEN is not set",
        kind: "not-asked",
        affects: ["main/shop/shop-db"],
      },
      {
        link: "object",
        subject: "acme-test/shop/db in store vault",
        reason: "VAULT_TOKEN is not set",
        kind: "not-asked",
        affects: ["main/shop/shop-db"],
      },
    ]);
    assert.ok(chainOf(await diagnose(broken)).includes("object unchecked"));
    assert.deepEqual((await diagnose()).unchecked, []);
  });

  it("opens Vault with a token, and not without", async () => {
    const vault = environment().stores.get("vault");
    assert.ok(vault !== undefined);
    assert.deepEqual(await openExaminer(vault, () => undefined), { reason: "VAULT_TOKEN is not set" });
    assert.ok("reader" in (await openExaminer(vault, () => "hvs.x")));
  });
});
