import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { chosen } from "../../../operations/rotate/choice.ts";
import { loadStack } from "../../../preview/preview.ts";
import type { CatalogueSecret } from "../../../stacks/environments/catalogue-spec.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { startPasswordApi, type PasswordApi } from "../../support/stand-ins/password-api.ts";
import { fingerprint } from "../support/cluster.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions } from "../support/stacks.ts";
import { kvVersions, readKv } from "../support/vault.ts";
import { login } from "./client.ts";

const stack = "first-start";
const secret = { namespace: stack, name: "admin" };
const remotePath = `mlops-platform-${stack}/${stack}/admin`;
const account = { target: "dashboards", username: "username", password: "password" };
const administrator = "token-of-the-administrator";

describe("a password that its application reads at the first start alone", () => {
  let api: PasswordApi;
  /** The stack with the secret described so, and rotated on this day. */
  const described = (change: Partial<CatalogueSecret>, epoch?: string): StackOptions => ({
    stack,
    demo: false,
    catalogue: {
      [stack]: {
        secrets: { admin: { keys: { username: literal("admin"), password: password() }, ...change } },
        deliveries: [{ namespace: stack, secretName: "admin", from: ["admin"] }],
      },
    },
    facts: {
      namespaces: onlyNamespaces([stack]),
      clusters: { local: { externalSecrets: { install: false } } },
      targets: {
        dashboards: {
          kind: "http",
          tls: "off",
          request: {
            url: `${api.url}/users/\${username}/password`,
            json: { password: "${password}" },
            authentication: "bearer",
          },
          verify: { url: `${api.url}/me` },
        },
      },
      ...(epoch === undefined ? {} : { rotations: { [`${stack}/admin`]: epoch } }),
    },
    secrets: { targetPasswords: JSON.stringify({ dashboards: administrator }) },
  });
  const held = async () => ({
    store: fingerprint((await readKv(remotePath))?.["password"] ?? ""),
    Secret: fingerprint((await login(secret)).password),
  });

  before(async () => {
    await deployShared();
    api = await startPasswordApi({ administrator, users: { admin: "" } });
    await succeed("up", described({ bootstrapOnly: true }));
    // Its first start.
    api.assign("admin", (await login(secret)).password);
  });
  after(async () => {
    await succeed("destroy", described({}));
    await removeNamespaces(stack);
    await api.stop();
  });

  it("is not rotated where nothing resets it: neither by up nor by the command, and nothing is changed", async () => {
    const [before, versions] = [await held(), await kvVersions()];
    const refused = await run("up", described({ bootstrapOnly: true }, "2026-12-01"));
    assert.equal(refused.ok, false);
    const said =
      /its application reads password at its first start alone \(bootstrapOnly\), and nothing resets it there: a new value would be in the Secret, and the old one in the application\n\s*fix: name what resets it: accounts with a target/;
    assert.match(refused.errors.join("\n"), said);
    const options = described({ bootstrapOnly: true });
    const { catalogue = {} } = options;
    const { workspace } = await open(options);
    const policies = { ...environments, [stack]: sandbox };
    const environment = await loadStack({ root: workspace.workDir, stack, catalogue, policies });
    assert.throws(() => chosen(environment, { kind: "named", ids: [`${stack}/admin`] }), { message: said });
    assert.deepEqual([await held(), await kvVersions()], [before, versions]);
  });

  it("is rotated once an account says what resets it: the application has what the Secret says", async () => {
    const before = await held();
    await succeed("up", described({ bootstrapOnly: true, accounts: [account] }, "2026-12-01"));
    const after = await held();
    assert.equal(after.store, after.Secret);
    assert.notEqual(after.Secret, before.Secret);
    const { password: value } = await login(secret);
    await api.logIn({ user: "admin", password: value });
  });

  it("is rotated without one where the application reads it at each start, as the catalogue then says", async () => {
    const before = await held();
    await succeed("up", described({}, "2026-12-02"));
    const after = await held();
    assert.equal(after.store, after.Secret);
    assert.notEqual(after.Secret, before.Secret);
  });
});
