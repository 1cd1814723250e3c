import { SANDBOX_STACK, type Connection } from "../sandbox/connection.ts";
import { openStack } from "../sandbox/engine/stack.ts";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { sandbox } from "../stacks/environments/sandbox.ts";
import { benchFacts } from "./catalogue.ts";

/** A stack of the bench. */
export interface BenchStack {
  readonly connection: Connection;
  /** Name after the dot: `sandbox.<part>`. */
  readonly part: string;
  readonly catalogue: Catalogue;
  /** Namespaces of the committed facts, which the bench removes. */
  readonly committedNamespaces: readonly string[];
  /** Whether this stack installs the operator. */
  readonly install: boolean;
}

/** The sandbox's policy with the largest limit on the number of resources that a policy may have. */
export const benchPolicies = { sandbox: { ...sandbox, maximumResources: 1_000_000 } };

/** Opens a stack, with the program in this process. Without a part it is `sandbox`, the whole environment. */
export async function openBenchStack({
  connection,
  part,
  catalogue,
  committedNamespaces,
  install,
}: Omit<BenchStack, "part"> & Partial<Pick<BenchStack, "part">>) {
  return openStack({
    connection,
    stack: part === undefined ? SANDBOX_STACK : `${SANDBOX_STACK}.${part}`,
    program: { catalogue, policies: benchPolicies },
    facts: {
      ...benchFacts(catalogue, committedNamespaces),
      clusters: { local: { externalSecrets: { install } } },
    },
    demo: false,
  });
}
