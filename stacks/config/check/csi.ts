import { backendOf } from "../../../components/backends/index.ts";
import { checkCsi, csiFileProblems, csiProviderOf } from "../../../components/backends/identities.ts";
import { csiChartIssues, missingChart } from "../../../components/clusters/csi-facts.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { isMerged, isMounted, type DeliverySpec } from "../../../components/delivery/contract.ts";
import { isMountedAsItLies, mountedFiles } from "../../../components/delivery/mounted-files.ts";
import type { ReadableSecret } from "../../../components/delivery/selection.ts";
import type { MountedFile } from "../../../components/secrets-store-csi/contract.ts";
import { gkeDriver } from "../../../components/secrets-store-csi/names.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../environment.ts";
import { mountsStore, type UsingNamespace } from "../store-use.ts";
import { namespacesText } from "./cluster-facts.ts";

/** Everything that keeps Pods from mounting what is delivered via csi. Pure. */
export function checkCsiDeliveries(environment: Environment): readonly Issue[] {
  const mounting = environment.namespaces.filter(mountsStore);
  const byCluster = Map.groupBy(mounting, ({ cluster }) => cluster);
  return [
    ...[...environment.clusters.values()].flatMap(({ spec }) => csiChartIssues(spec)),
    ...[...byCluster].flatMap(([cluster, namespaces]) => clusterIssues(cluster, namespaces)),
    ...mounting.flatMap((namespace) => [
      ...storeIssues(namespace),
      ...namespace.deliveries.filter(isMounted).flatMap((each) => deliveryIssues(environment, namespace, each)),
    ]),
  ];
}

function clusterIssues(cluster: ClusterSpec, namespaces: readonly UsingNamespace[]): readonly Issue[] {
  const { name, secretsStoreCsi: driver, traits, externalSecrets } = cluster;
  const facts = ["clusters", name, "secretsStoreCsi"];
  if (driver === undefined) {
    const problem = `is missing: Secrets of ${namespacesText(namespaces)} are delivered via csi, which takes the Secrets Store CSI driver (docs/deliveries/csi.md)`;
    return [{ path: configPath(facts), problem, fix: setCommand([...facts, "install"], true) }];
  }
  const providers = [...new Set(namespaces.map(({ store }) => csiProviderOf(store)))];
  const install = configPath([...facts, "install"]);
  return [
    ...(driver.install && traits.noPrivilegedCharts !== undefined
      ? [{ path: install, problem: `must be false: ${traits.noPrivilegedCharts}`, fix: setCommand(install, false) }]
      : []),
    ...(driver.install
      ? ["driver" as const, ...providers]
          .filter((each) => !driver.charts.has(each))
          .map((each) => missingChart(cluster, each))
      : []),
    ...(driver.driver === gkeDriver ? addOnIssues(cluster, namespaces) : []),
    ...(externalSecrets.clusterSecretStore === undefined ? [] : [sharedIssue(cluster)]),
  ];
}

/** GKE's add-on reads Google Cloud, in clusters of GKE. */
function addOnIssues({ name, traits }: ClusterSpec, namespaces: readonly UsingNamespace[]): readonly Issue[] {
  const path = configPath(["clusters", name, "secretsStoreCsi", "driver"]);
  const fix = removeCommand(path);
  if (traits.googlePool === undefined) {
    return [{ path, problem: `is ${gkeDriver}, an add-on of GKE, and the cluster is no cluster of GKE`, fix }];
  }
  const others = namespaces.filter(({ store }) => csiProviderOf(store) !== "gcp");
  return others.map((each) => ({
    path,
    problem: `is ${gkeDriver}, which reads Google Cloud alone, and namespace ${each.name} reads store ${each.store.name}`,
    fix: `deliver its Secrets via external-secret: ${setCommand(["namespaces", each.entry, "via"], "external-secret")}`,
  }));
}

/** One account reads for all namespaces there; Pods of a namespace log in as an account of their own. */
function sharedIssue({ name }: ClusterSpec): Issue {
  const path = ["clusters", name, "externalSecrets", "clusterSecretStore"];
  return {
    path: configPath(path),
    problem: "must be left out where Secrets are delivered via csi: Pods log in as an account of their own namespace",
    fix: removeCommand(path),
  };
}

function storeIssues({ store, cluster }: UsingNamespace): readonly Issue[] {
  if (store.staticCredentials !== true) return checkCsi(store, cluster);
  const path = ["stores", store.name, "staticCredentials"];
  const problem = "must be left out where Secrets are delivered via csi: Pods log in by their own account";
  return [{ path: configPath(path), problem, fix: removeCommand(path) }];
}

function deliveryIssues(environment: Environment, namespace: UsingNamespace, delivery: DeliverySpec): readonly Issue[] {
  const { secretName } = delivery;
  const path = configPath(["namespaces", namespace.entry, "secrets", secretName]);
  const byOperator = `deliver it by the operator: ${setCommand(["namespaces", namespace.entry, "secrets", secretName, "via"], "external-secret")}`;
  const refused = (problem: string, fix: string): Issue => ({ path, problem, fix });
  if (isMerged(delivery) || delivery.existing !== undefined)
    return [mergedIssue(environment, { namespace, delivery, path, byOperator })];
  const stored = new Map<string, ReadableSecret>(
    environment.placements
      .filter(({ store }) => store === namespace.store)
      .map(({ secret, objects }) => [secret.id, { objects: objects.map((object) => ({ object })) }]),
  );
  const files = delivery.keys.every(({ secret }) => stored.has(secret)) ? mountedFiles(delivery, stored) : [];
  const dotted = delivery.keys.filter(({ key }) => key.includes("..")).map(({ key }) => key);
  return [
    ...csiFileProblems(namespace.store, files, namespace.cluster).map(({ problem, fix }) => refused(problem, fix)),
    ...(dotted.length === 0
      ? []
      : [
          refused(
            `has the key ${dotted.join(", ")}, and the driver makes no file whose name holds ".."`,
            `in the catalogue, give the key another name, or ${byOperator}`,
          ),
        ]),
    ...bytesIssues(delivery, { refused, byOperator }),
    ...readingIssues(namespace, files, { refused, byOperator }),
    ...shapeIssues(namespace, delivery, { refused, byOperator }),
    ...generatedIssues(environment, delivery, { refused, byOperator }),
  ];
}

interface Words {
  readonly refused: (problem: string, fix: string) => Issue;
  readonly byOperator: string;
}

/** Providers write what an object holds, which is the base64 of the bytes. */
function bytesIssues({ keys }: DeliverySpec, { refused, byOperator }: Words): readonly Issue[] {
  const names = keys.filter(({ bytes }) => bytes === true).map(({ key }) => key);
  if (names.length === 0) return [];
  return [
    refused(
      `has bytes (providedBytes) as ${names.join(", ")}, and via csi a file would hold their base64`,
      `${byOperator}\n    or let the application decode the file: provided(…) in the catalogue`,
    ),
  ];
}

/** Providers make files of objects and of their keys, at the newest version, and decode nothing. */
function readingIssues({ store }: UsingNamespace, files: readonly MountedFile[], words: Words): readonly Issue[] {
  const { alwaysJson } = backendOf(store).references;
  const others = files.filter((each) => !isMountedAsItLies(each, { alwaysJson }));
  if (others.length === 0) return [];
  const names = [...new Set(others.map(({ object }) => object.name))].join(", ");
  return [
    words.refused(
      `takes a version, a property or an encoding of ${names} that facts choose (references), and via csi a file is an object's newest text, or a key of it`,
      words.byOperator,
    ),
  ];
}

/** Types of what the kubelet reads before it mounts anything of a Pod, and whether or not one mounts it. */
const pullTypes: readonly string[] = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

/** A type, labels and annotations are those of a Secret, which is there only while a Pod mounts its files, if ever. */
function shapeIssues(
  { cluster: { name, secretsStoreCsi: driver } }: UsingNamespace,
  { type, labels = {}, annotations = {} }: DeliverySpec,
  { refused, byOperator }: Words,
): readonly Issue[] {
  if (type !== undefined && pullTypes.includes(type)) {
    return [
      refused(
        `has type ${type}, which the kubelet pulls images with: via csi there is a Secret only while a Pod that has started mounts its files`,
        byOperator,
      ),
    ];
  }
  const said = [
    ...(type === undefined ? [] : ["type"]),
    ...(Object.keys(labels).length === 0 ? [] : ["labels"]),
    ...(Object.keys(annotations).length === 0 ? [] : ["annotations"]),
  ];
  if (said.length === 0 || driver === undefined || driver.syncSecret) return [];
  const sync = setCommand(["clusters", name, "secretsStoreCsi", "syncSecret"], true);
  return [
    refused(
      `has ${said.join(", ")} without effect: via csi it is files of Pods, and no Secret`,
      driver.driver === gkeDriver ? byOperator : `have a Secret made as well: ${sync}\n    or ${byOperator}`,
    ),
  ];
}

/** What a cluster generates is put into the store by its operator, which tells nobody when it is there. */
function generatedIssues(
  { secrets }: Environment,
  { keys }: DeliverySpec,
  { refused, byOperator }: Words,
): readonly Issue[] {
  const ids = new Set(keys.map(({ secret }) => secret));
  return secrets
    .filter(({ id, origin }) => ids.has(id) && origin.kind === "in-cluster")
    .map(({ id }) =>
      refused(
        `takes ${id}, which a cluster generates (generatedInCluster): Pods would fail to start until its operator has written it`,
        byOperator,
      ),
    );
}

interface MergedArgs {
  readonly namespace: UsingNamespace;
  readonly delivery: DeliverySpec;
  readonly path: string;
  readonly byOperator: string;
}

/** The driver makes Secrets of its own, and would take one of others along when the last Pod goes. */
function mergedIssue(
  { existingSecrets }: Environment,
  { namespace: { cluster, name }, delivery, path, byOperator }: MergedArgs,
): Issue {
  const place = `${name}/${delivery.secretName}`;
  const entry = [`${cluster.name}/${place}`, place].find((each) => Object.hasOwn(existingSecrets, each));
  if (delivery.merge || entry === undefined) {
    return {
      path,
      problem: "is merged into a Secret of others (merge), which the CSI driver can't do",
      fix: byOperator,
    };
  }
  const fact = ["existingSecrets", entry];
  return {
    path: configPath(fact),
    problem: `says ${delivery.existing ?? ""}, and the Secret is delivered via csi: the CSI driver writes into no Secret that exists`,
    fix: `${removeCommand(fact)}\n    or ${byOperator}`,
  };
}
