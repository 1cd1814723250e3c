import { output, ResourceHook, runtime, unknown } from "@pulumi/pulumi";
import { loadClient } from "../clusters/client.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { isRecord } from "../support/is-record.ts";
import { pulumiManager } from "../clusters/pulumi-manager.ts";
import { apiVersion as storesApiVersion } from "./manifests.ts";
import { readIfThere, type ObjectReference } from "./readiness/reasons.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * The provider of a store, as a preview may show it: unknown where it is another than before. A store has one provider (`maxProperties` of
 * its CRD), and Pulumi's provider for Kubernetes previews an update by a server-side apply without effect, which does not remove what the
 * creation by POST owns: the API server would refuse two. The update itself takes these fields over first (pulumi-kubernetes, await.go:
 * fixCSAFieldManagers).
 *
 * @param before the member that the state has. `undefined`: the state has no such store.
 */
export function previewable<P extends object>(provider: P, before: string | undefined): P {
  if (!runtime.isDryRun() || before === undefined || Object.hasOwn(provider, before)) return provider;
  return output(unknown) as unknown as P;
}

/** The member of its union that the provider of a store is. */
export function memberOf(spec: unknown): string | undefined {
  const { provider } = isRecord(spec) ? spec : {};
  return isRecord(provider) ? Object.keys(provider)[0] : undefined;
}

/**
 * What of a store's provider has to go by an update, as a merge patch (RFC 7396) of its spec: another provider, and another way to log in
 * to the same one. `undefined` where nothing does. Pure.
 */
export function providerChange(live: unknown, wanted: unknown): object | undefined {
  const [held, next] = [membersOf(live, "provider"), membersOf(wanted, "provider")];
  const others = Object.keys(held).filter((each) => !Object.hasOwn(next, each));
  // All at once: the store never has two providers, nor none.
  if (others.length > 0) return { provider: { ...next, ...nothing(others) } };
  const changed = Object.entries(next).flatMap(([name, own]) => {
    const logins = Object.keys(membersOf(held[name], "auth"));
    const wantedLogins = membersOf(own, "auth");
    const former = logins.filter((each) => !Object.hasOwn(wantedLogins, each));
    return former.length === 0 ? [] : [[name, { auth: { ...wantedLogins, ...nothing(former) } }] as const];
  });
  return changed.length === 0 ? undefined : { provider: Object.fromEntries(changed) };
}

function membersOf(of: unknown, key: string): Members {
  const found = isRecord(of) ? of[key] : undefined;
  return isRecord(found) ? found : {};
}

function nothing(names: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(names.map((name) => [name, null]));
}

/**
 * A hook that makes a store's provider another one before Pulumi's provider applies it. Apply alone leaves the former one where somebody
 * else counts as its writer too: the manager of a state that was lost, or a hand that has edited it. One for each cluster.
 */
export function providerChangeHook(cluster: ClusterSpec): ResourceHook {
  return new ResourceHook(`change-provider-${cluster.name}`, async ({ newInputs }) => {
    const wanted = newInputs as ObjectReference & { readonly spec?: unknown };
    const { apiVersion = storesApiVersion, kind = "", metadata: { name = "", namespace } = {} } = wanted;
    const client = await loadClient(cluster);
    const live = (await readIfThere(client, wanted)) as { readonly spec?: unknown } | undefined;
    const spec = providerChange(live?.spec, wanted.spec);
    if (spec === undefined) return;
    const at = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
    await client.ask({ method: "PATCH", at, query: { fieldManager: pulumiManager }, body: { spec } });
  });
}
