import assert from "node:assert/strict";
import type { ErrorHookArgs } from "@pulumi/pulumi";
import { advice, rightsHook, withRights } from "../../../../components/backends/azure/rights.ts";
import type { AzureKeyVaultSpec } from "../../../../components/backends/azure/key-vault.ts";
import { runProgram } from "../../../support/mocks.ts";
import { vaultIdOf } from "../../../support/providers/azure.ts";
import { azureSpec } from "../rows/azure-key-vault.ts";

const rights = 'Status=403 Code="Forbidden" InnerError={"code":"ForbiddenByRbac"}';
const firewall = 'Status=403 Code="Forbidden" InnerError={"code":"ForbiddenByFirewall"}';
const deleted = 'Status=409 Code="Conflict" InnerError={"code":"ObjectIsDeletedButRecoverable"}';

describe("writes that a vault refuses", () => {
  const decide = async (errors: readonly string[], spec: AzureKeyVaultSpec = azureSpec) => {
    const pauses: number[] = [];
    const pause = (seconds: number) => Promise.resolve(void pauses.push(seconds));
    const { result, logs } = await runProgram(() =>
      rightsHook(spec, pause).callback({ errors } as unknown as ErrorHookArgs),
    );
    return { again: result, pauses, said: logs.map(({ message }) => message) };
  };

  it("are repeated while the deployer's right may not count yet", async () => {
    assert.deepEqual(await decide([rights]), { again: true, pauses: [1], said: [] });
    assert.deepEqual(await decide([rights, rights, rights]), { again: true, pauses: [4], said: [] });
    assert.deepEqual(await decide([deleted]), { again: true, pauses: [1], said: [] });
  });

  it("are repeated for about ten minutes, and explained then", async () => {
    assert.equal((await decide(Array.from({ length: 45 }, () => rights))).again, true);
    assert.deepEqual(await decide(Array.from({ length: 46 }, () => rights)), {
      again: false,
      pauses: [],
      said: [`fix: ${advice("rights", azureSpec)}`],
    });
  });

  it("are not repeated where nothing was granted here", async () => {
    const spec = { ...azureSpec, grantDeployer: false };
    assert.deepEqual(await decide([rights], spec), {
      again: false,
      pauses: [],
      said: [`fix: ${advice("rights", spec)}`],
    });
  });

  it("are not repeated for a firewall", async () => {
    assert.deepEqual(await decide([firewall]), {
      again: false,
      pauses: [],
      said: [`fix: ${advice("network", azureSpec)}`],
    });
  });

  it("are left to the provider's own words for anything else", async () => {
    assert.deepEqual(await decide(['Status=400 Code="BadParameter"']), { again: false, pauses: [], said: [] });
    assert.deepEqual(await decide([]), { again: false, pauses: [], said: [] });
  });
});

describe("questions that a vault refuses", () => {
  const ask = async (refusals: number, spec = azureSpec, preview = false) => {
    const pauses: number[] = [];
    let asked = 0;
    const answer = () => {
      asked += 1;
      return asked > refusals ? Promise.resolve("held") : Promise.reject(new Error(rights));
    };
    const pause = (seconds: number) => Promise.resolve(void pauses.push(seconds));
    const { result } = await runProgram(() => withRights(spec, answer, pause), { preview });
    return { result, pauses };
  };

  it("are repeated, more and more slowly", async () => {
    assert.deepEqual(await ask(6), { result: "held", pauses: [1, 2, 4, 8, 15, 15] });
  });

  it("are given up after about ten minutes", async () => {
    assert.equal((await ask(45)).pauses.length, 45);
    await assert.rejects(ask(46), { message: rights });
  });

  it("are not repeated in a preview, nor where nothing was granted here", async () => {
    await assert.rejects(ask(1, azureSpec, true), { message: rights });
    await assert.rejects(ask(1, { ...azureSpec, grantDeployer: false }), { message: rights });
  });
});

describe("advice about a vault", () => {
  it("is a command where there is one", () => {
    assert.equal(
      advice("rights", azureSpec),
      `grant the deployer the role: az role assignment create --role "Key Vault Secrets Officer" --assignee <object id of the deployer> --scope ${vaultIdOf("kv-acme")}`,
    );
    assert.equal(
      advice("recoverable", azureSpec),
      "restore the deleted secret: az keyvault secret recover --vault-name kv-acme --name <name>",
    );
    assert.match(advice("other", azureSpec), /docs\/stores\/azure-key-vault\.md#rights-of-the-deployer$/);
  });
});
