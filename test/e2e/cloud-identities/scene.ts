import assert from "node:assert/strict";
import { cli } from "../support/cli.ts";
import { cloudsOptions, rows } from "../support/clouds/stack.ts";
import { applicationSecrets, fingerprint, type SecretValues } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { succeed, type Run } from "../support/stacks.ts";

/** The run's errors about a namespace's Secret hold the operator's words and the fix. */
export function assertExplained(
  { errors }: Run,
  namespace: string,
  { said, fix }: { readonly said: RegExp; readonly fix: RegExp },
) {
  const words = errors.filter((each) => each.includes(`${namespace}/credentials`)).join("\n");
  assert.match(words, said);
  assert.match(words, new RegExp(`fix: .*${fix.source}`));
}

/** The namespaces among `kept` still have the value from before; every other namespace has another one. */
export async function assertKept(before_: SecretValues, kept: object): Promise<void> {
  const now = await credentials();
  for (const { namespace } of rows) {
    const name = `${namespace}/credentials`;
    const changed = passwordOf(now, name) !== passwordOf(before_, name);
    assert.equal(changed, !(namespace in kept), name);
  }
}

/** The operator tries again by itself, after pauses that double; any annotation is a nudge. */
export async function nudge(namespaces: readonly string[]): Promise<void> {
  const nudges = namespaces.map((namespace) =>
    cli("kubectl", ["annotate", "externalsecret", "--all", `--namespace=${namespace}`, `nudged=${Date.now()}`]),
  );
  for (const { code, output } of await Promise.all(nudges)) assert.equal(code, 0, output);
}

/** Every namespace ends up with the same value, and the next `up` changes nothing. */
export async function assertSettled(): Promise<void> {
  const same = async () => new Set([...(await credentials()).values()].map(({ password }) => password)).size === 1;
  await eventually("every namespace has the new value", same);
  const { changes, warnings } = await succeed("up", cloudsOptions());
  assert.deepEqual([changes, warnings], [{}, []]);
}

/** The proof's Secret of every namespace. */
export async function credentials(): Promise<SecretValues> {
  return applicationSecrets(rows.map(({ namespace }) => namespace));
}

function passwordOf(secrets: SecretValues, name: string): string {
  return fingerprint(secrets.get(name)?.["password"] ?? "");
}
