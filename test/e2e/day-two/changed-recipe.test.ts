import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { catalogue } from "../../../stacks/environments/catalogue.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { changeMain, deployMain, mainOptions } from "../support/main-stack.ts";
import { assertStoreFirst, observe } from "../support/observer.ts";
import { succeed } from "../support/stacks.ts";
import { versionsIn } from "./scene.ts";

describe("a recipe that changed in the catalogue", () => {
  const delivered = "mlflow/mlflow-db-secret";

  before(async () => {
    await deployMain();
    changeMain({ catalogue: withDatabasePassword(48) });
  });

  it("changes no value by itself; a warning names the secret and what to do", async () => {
    const before = fingerprints(await applicationSecrets());
    const { changes, warnings } = await succeed("up", mainOptions());
    assert.deepEqual(changes, {});
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /mlflow\/db-password password/);
    assert.match(warnings[0] ?? "", /rotations\["mlflow\/db-password"\]/);
    assert.deepEqual(fingerprints(await applicationSecrets()), before);
  });

  it("takes effect with the next rotation, and no reader sees half of the new secret", async () => {
    changeMain({ facts: { rotations: { "mlflow/db-password": "2026-11-24" } } });
    const storedVersions = () => versionsIn("mlflow/db-password");
    const { secrets, atEnd } = await observe({ secrets: [delivered], storedVersions }, async () => {
      const { warnings } = await succeed("up", mainOptions());
      assert.deepEqual(warnings, []);
    });
    const sightings = secrets.get(delivered) ?? [];
    assert.match(atEnd.get(delivered)?.["password"] ?? "", /^[a-zA-Z0-9]{48}$/);
    assertStoreFirst(sightings, delivered);
    for (const { type, values } of sightings) {
      assert.notEqual(type, "DELETED");
      assert.ok(values["uri"]?.includes(`:${values["password"]}@`), "a uri was shown with another password");
    }
  });

  it("causes no change afterwards", async () => {
    const { changes, warnings } = await succeed("up", mainOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
  });
});

/** The platform's catalogue with another length of one password. */
function withDatabasePassword(length: number): Catalogue {
  const { mlflow } = catalogue;
  const secret = mlflow?.secrets["db-password"];
  assert.ok(mlflow !== undefined && secret !== undefined);
  const changed = { ...secret, keys: { ...secret.keys, password: password({ length }) } };
  return { ...catalogue, mlflow: { ...mlflow, secrets: { ...mlflow.secrets, "db-password": changed } } };
}
