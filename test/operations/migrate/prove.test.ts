import assert from "node:assert/strict";
import type { PlannedKey, PlannedSecret } from "../../../operations/migrate/plan/model.ts";
import type { LiveSecret } from "../../../operations/migrate/run/cluster.ts";
import { prove, refuted } from "../../../operations/migrate/run/prove.ts";
import { SecretValue } from "../../../operations/migrate/secret-value.ts";

const live = (values: Readonly<Record<string, string>>): LiveSecret => ({
  values: new Map(Object.entries(values).map(([key, value]) => [key, new SecretValue(value)])),
  owners: [],
  isImmutable: false,
  isHelms: false,
  labels: {},
  annotations: {},
  writers: [],
});
const key = (name: string, origin: PlannedKey["origin"], ...old: readonly string[]): PlannedKey => ({
  name,
  origin,
  old: old.map((text) => ({ value: new SecretValue(text), source: "env-file", at: { file: ".env" } })),
  notes: [],
});
const secret = (...keys: readonly PlannedKey[]): PlannedSecret => ({
  namespace: "shop",
  name: "env",
  isDeclared: true,
  isLive: false,
  labels: {},
  ids: [],
  keys,
  sources: [],
  consumers: [],
  notes: [],
});
const referenced = { from: "referenced", object: "teams/env", property: "A" } as const;
const provided = { from: "provided", config: "shopA" } as const;

describe("a proof", () => {
  it("holds for a key whose every old value is the new one, and for one that is read from where it was", () => {
    const proofs = prove({
      secret: secret(key("A", provided, "a", "a"), key("B", referenced), key("C", referenced)),
      live: live({ C: "c" }),
      next: live({ A: "a", B: "b", C: "c" }),
    });
    assert.deepEqual(
      proofs.map(({ key, result }) => `${key} ${result}`),
      ["A equal", "B not moved", "C equal"],
    );
    assert.deepEqual(refuted(proofs), []);
  });

  it("fails where a value is missing, differs, or was nowhere", () => {
    const proofs = prove({
      secret: secret(key("A", provided, "a", "z"), key("B", referenced), key("C", provided), key("D", referenced)),
      live: live({ D: "z" }),
      next: live({ A: "a", C: "c", D: "d" }),
    });
    assert.deepEqual(
      proofs.map(({ key, result }) => `${key} ${result}`),
      ["A differs", "B missing", "C nothing to compare with", "D differs"],
    );
    assert.deepEqual(refuted(proofs), proofs);
  });
});
