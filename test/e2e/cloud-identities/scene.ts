import assert from "node:assert/strict";
import { cloudsOptions, rows } from "../support/clouds/stack.ts";
import { applicationSecrets, fingerprint, type SecretValues } from "../support/cluster.ts";
import { nudge } from "../support/nudge.ts";
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

/**
 * Every namespace ends up with the same value, and the next `up` changes nothing.
 *
 * @param namespaces where the operator failed to read. It would retry by itself, after pauses that double; `nudge` makes it
 * retry at each look, since one nudge may come before its SecretStore counts as valid again.
 */
export async function assertSettled(namespaces: readonly string[]): Promise<void> {
  await eventually("every namespace has the new value", async () => {
    await nudge(namespaces);
    return new Set([...(await credentials()).values()].map(({ password }) => password)).size === 1;
  });
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
