import { isManagedByOpenShift } from "../../../components/clusters/managed.ts";
import { checkGeneration } from "../../../components/in-cluster-generation/check-generation.ts";
import type { Issue } from "../../../components/support/errors.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { storesOf, type EnvironmentSpec } from "../environment.ts";
import { needsOperator } from "../resolve/needs-operator.ts";

/** What keeps secrets from being generated in the cluster that facts name. Pure. */
export function checkGenerated(spec: EnvironmentSpec): readonly Issue[] {
  return spec.secrets.flatMap((secret) => {
    if (secret.generatedIn === undefined) return [];
    const path = `generatedInCluster["${secret.id}"]`;
    return [
      ...contradictions(path, secret),
      ...clusterIssues(path, secret.generatedIn, spec),
      ...storeIssues(path, secret, spec),
      ...checkGeneration(path, secret.keys, spec.policy.minimumBits),
    ];
  });
}

function contradictions(path: string, { id, adopt, referenced, epoch }: SecretSpec): readonly Issue[] {
  const others = [...(adopt ? ["adopt"] : []), ...(referenced ? ["reference"] : [])].map((fact) => ({
    path,
    problem: `the secret is under ${fact} too, and only one of the two can be`,
    fix: `pulumi config rm --path '${fact}["${id}"]'`,
  }));
  if (epoch === initialEpoch) return others;
  const rotated = {
    path,
    problem: "the secret has a rotation, and this program makes no value of it",
    fix: `pulumi config rm --path 'rotations["${id}"]', and rotate it in the store: docs/values.md#rotating-what-a-cluster-generated`,
  };
  return [...others, rotated];
}

function clusterIssues(path: string, name: string, spec: EnvironmentSpec): readonly Issue[] {
  const cluster = spec.clusters.get(name);
  if (cluster === undefined) {
    return [{ path, problem: `"${name}" does not exist; there are ${[...spec.clusters.keys()].join(", ")}` }];
  }
  if (isManagedByOpenShift(cluster)) {
    return [
      { path, problem: `cluster ${name} has Red Hat's operator, which this program does not tell to push secrets` },
    ];
  }
  if (!needsOperator(spec, name)) {
    return [{ path, problem: `no namespace of cluster ${name} reads a store, so that it has no operator` }];
  }
  if (cluster.externalSecrets.pushSecrets) return [];
  return [
    {
      path,
      problem: `the operator of cluster ${name} does not push secrets into stores`,
      fix: `pulumi config set --path 'clusters.${name}.externalSecrets.pushSecrets' true`,
    },
  ];
}

function storeIssues(path: string, { id }: SecretSpec, spec: EnvironmentSpec): readonly Issue[] {
  const [name, ...others] = storesOf(spec, id);
  const store = spec.stores.get(name ?? "");
  if (name === undefined || store === undefined) return []; // an issue of the catalogue, or of the namespace
  if (others.length > 0) {
    return [{ path, problem: `goes to ${[name, ...others].join(", ")}; a cluster can put it into one store only` }];
  }
  if (store.kind !== "vault-kv") {
    const problem = `goes to store ${name} of kind ${store.kind}; a cluster can put it into one of kind vault-kv only, where a right can name what is not there yet`;
    return [{ path, problem }];
  }
  if (store.staticCredentials === true) {
    return [
      { path, problem: `store ${name} is read with static credentials, and a cluster writes by its own identity` },
    ];
  }
  return [];
}
