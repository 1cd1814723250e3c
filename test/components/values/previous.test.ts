import { all } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { otherValues } from "../../../components/values/previous.ts";
import { stateResource } from "../../support/fixtures.ts";

describe("values that the state keeps from other epochs", () => {
  const spec: SecretSpec = {
    app: "shop",
    name: "db",
    id: "shop/db",
    path: "shop/db",
    rotatedAt: "2026-01-31T00:00:00Z",
    keys: { password: password() },
    origin: { kind: "generated" },
    epoch: "2026-12-02",
  };
  const kept = (name: string, value: string) => stateResource({ name }, { output: { rule: "", value } });

  it("are all of them, the oldest first, and neither the current one nor those of other keys", async () => {
    const state = [
      kept("shop/db/password@2026-12-01", "given up"),
      kept("shop/db/password@2026-12-02", "new"),
      kept("shop/db/password", "in use"),
      kept("shop/db/other", "another key"),
    ];
    const values = await new Promise((resolve) => {
      all([...otherValues(state, spec, "password")]).apply(resolve);
    });
    assert.deepEqual(values, ["in use", "given up"]);
  });

  it("are none once a rotation is finished", () => {
    assert.deepEqual(otherValues([kept("shop/db/password@2026-12-02", "new")], spec, "password"), []);
  });
});
