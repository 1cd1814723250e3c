import { loginKind } from "../../../components/backends/identities.ts";
import { backendOf, backends, remoteStoreKinds } from "../../../components/backends/index.ts";
import { checkGeneration } from "../../../components/in-cluster-generation/check-generation.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { directDeliveries, placementsOf, type Environment } from "../environment.ts";
import { byOperator, gotDirectly } from "./direct.ts";
import { weakKeysIn } from "./weak-keys.ts";

/**
 * What keeps secrets from being generated in the cluster that facts name. Pure.
 *
 * @param operated clusters in which the operator has something to deliver.
 */
export function checkGenerated(spec: Environment, operated: ReadonlySet<string>): readonly Issue[] {
  return spec.secrets.flatMap((secret) => {
    if (secret.origin.kind !== "in-cluster") return [];
    const path = configPath(["generatedInCluster", secret.id]);
    return [
      ...rotated(path, secret),
      ...clusterIssues(path, secret.origin.cluster, { spec, operated }),
      ...storeIssues(path, secret, spec),
      ...checkGeneration(path, secret.keys, {
        minimumBits: spec.policy.minimumBits,
        mayBeWeak: weakKeysIn(spec.weakKeys, secret.id),
      }),
    ];
  });
}

function rotated(path: string, { id, epoch }: SecretSpec): readonly Issue[] {
  if (epoch === initialEpoch) return [];
  return [
    {
      path,
      problem: "the secret has a rotation, but this program does not generate its values",
      fix: `${removeCommand(["rotations", id])}, and rotate it in the store: docs/values.md#rotating-what-a-cluster-generated`,
    },
  ];
}

interface Operated {
  readonly spec: Environment;
  readonly operated: ReadonlySet<string>;
}

function clusterIssues(path: string, name: string, { spec, operated }: Operated): readonly Issue[] {
  const cluster = spec.clusters.get(name)?.spec;
  if (cluster === undefined) {
    return [{ path, problem: `${quotedName(name)} does not exist; ${thereAre(name, spec.clusters.keys())}` }];
  }
  if (cluster.traits.operatorManager === "operator-lifecycle-manager") {
    return [
      {
        path,
        problem: `cluster ${name} uses Red Hat's operator (manager operator-lifecycle-manager), with which pushing secrets is not supported`,
      },
    ];
  }
  if (!operated.has(name)) {
    return [{ path, problem: `no namespace of cluster ${name} reads a store, so it has no operator` }];
  }
  if (cluster.externalSecrets.pushSecrets) return [];
  return [
    {
      path,
      problem: `the operator of cluster ${name} does not push secrets into stores`,
      fix: setCommand(["clusters", name, "externalSecrets", "pushSecrets"], true),
    },
  ];
}

function storeIssues(path: string, secret: SecretSpec, spec: Environment): readonly Issue[] {
  const [store, ...others] = placementsOf(spec, secret.id).map((each) => each.store);
  const direct = directDeliveries(spec, secret);
  if (direct.length > 0) {
    return [
      {
        path,
        problem: `${gotDirectly(direct)}, but this program does not have its value`,
        fix: `let the operator bring it from a store that holds it: ${byOperator(direct)}\n    or let this program make the value: ${removeCommand(path)}`,
      },
    ];
  }
  if (store === undefined) return []; // an issue of the catalogue, or of the namespace
  const { name } = store;
  if (others.length > 0) {
    const all = [store, ...others].map((each) => each.name);
    return [{ path, problem: `goes to ${all.join(", ")}; a cluster can write it to one store only` }];
  }
  if (!backendOf(store).takesGenerated) {
    const kinds = remoteStoreKinds.filter((kind) => backends[kind].takesGenerated).join(" or ");
    const problem = `goes to store ${name} of kind ${store.kind}; a cluster can write only to one of kind ${kinds}, where a policy can name objects that do not exist yet`;
    return [{ path, problem }];
  }
  if (placementsOf(spec, secret.id).some(({ objects }) => objects.some(({ reference }) => reference !== undefined))) {
    return [
      {
        path,
        problem: `goes to store ${name}, whose mount has the name that the secret's path begins with: the operator drops it from the one and not from the other of two paths that it writes`,
        fix: `let this program make the secret: ${removeCommand(["generatedInCluster", secret.id])}`,
      },
    ];
  }
  if (store.staticCredentials === true) {
    return [
      { path, problem: `store ${name} is read with static credentials, but a cluster writes with its own identity` },
    ];
  }
  const writer = secret.origin.kind === "in-cluster" ? spec.clusters.get(secret.origin.cluster) : undefined;
  if (writer !== undefined && loginKind(store, writer.spec) === "secret") {
    const problem = `goes to store ${name}, at which cluster ${writer.spec.name} logs in with a secret id (approle): a cluster writes with a token of its own (auth.type kubernetes or jwt)`;
    return [{ path, problem }];
  }
  return [];
}
