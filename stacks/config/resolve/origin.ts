import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import type { Origin } from "../../../components/values/secret-spec.ts";

/** The facts that say where the values of a secret come from, each by `<app>/<secret>`. */
export interface OriginFacts {
  readonly adopt: Readonly<Record<string, boolean | string>>;
  readonly adoptWithout: Readonly<Record<string, readonly string[]>>;
  readonly reference: Readonly<Record<string, boolean>>;
  readonly generatedInCluster: Readonly<Record<string, string>>;
}

export interface ResolvedOrigin {
  readonly origin: Origin;
  readonly issues: readonly Issue[];
}

/** Where the values of a secret come from, and entries that contradict each other. Pure. */
export function resolveOrigin(id: string, facts: OriginFacts): ResolvedOrigin {
  const adopt = own(facts.adopt, id) ?? false;
  const without = own(facts.adoptWithout, id);
  const cluster = own(facts.generatedInCluster, id);
  const referenced = own(facts.reference, id) === true;
  const adopted = adopt === false ? [] : ["adopt"];
  const adopting = [...adopted, ...(without === undefined ? [] : ["adoptWithout"])];
  if (cluster !== undefined) {
    const others = [...adopted, ...(referenced ? ["reference"] : [])];
    return { origin: { kind: "in-cluster", cluster }, issues: contradictions(id, "generatedInCluster", others) };
  }
  if (referenced) return { origin: { kind: "referenced" }, issues: contradictions(id, "reference", adopting) };
  if (adopting.length === 0) return { origin: { kind: "generated" }, issues: [] };
  const origin = {
    kind: "adopted",
    fromStores: adopt !== false,
    ...(typeof adopt === "string" ? { preferred: adopt } : {}),
    without: without ?? [],
  } as const;
  return { origin, issues: [] };
}

function contradictions(id: string, fact: string, others: readonly string[]): readonly Issue[] {
  return others.map((other) => ({
    path: configPath([fact, id]),
    problem: `the secret is also under ${other}, which excludes this`,
    fix: removeCommand([other, id]),
  }));
}
