import assert from "node:assert/strict";
import {
  controllerRules,
  leaderElectionRules,
  tokenRequestRules,
} from "../../../../components/external-secrets/operator/controller-rbac.ts";

const clusterWide = [...controllerRules({ clusterStores: true, pushSecrets: true }), ...leaderElectionRules];

describe("rights of the operator's controller", () => {
  it("hold no wildcard", () => {
    const words = [...clusterWide, ...tokenRequestRules("reader")].flatMap(({ apiGroups, resources, verbs }) => [
      ...apiGroups,
      ...resources,
      ...verbs,
    ]);
    assert.deepEqual(
      words.filter((word) => word.includes("*")),
      [],
    );
  });

  it("let it mint a token for nobody, cluster-wide", () => {
    assert.deepEqual(
      clusterWide.filter(({ resources }) => resources.includes("serviceaccounts/token")),
      [],
    );
    const accounts = clusterWide.filter(({ resources }) => resources.includes("serviceaccounts"));
    assert.deepEqual(
      accounts.map(({ verbs }) => verbs),
      [["get", "list", "watch"]],
    );
  });

  it("let it grant no rights, run nothing, and touch no custom resource of others", () => {
    const groups = new Set(clusterWide.flatMap(({ apiGroups }) => apiGroups));
    assert.deepEqual([...groups].sort(), [
      "",
      "coordination.k8s.io",
      "external-secrets.io",
      "generators.external-secrets.io",
    ]);
    const core = clusterWide.filter(({ apiGroups }) => apiGroups.includes("")).flatMap(({ resources }) => resources);
    assert.deepEqual([...new Set(core)].sort(), ["events", "namespaces", "secrets", "serviceaccounts"]);
  });

  it("let it neither make nor delete what people declare", () => {
    const own = clusterWide.filter(({ apiGroups }) => apiGroups.includes("external-secrets.io"));
    assert.deepEqual([...new Set(own.flatMap(({ verbs }) => verbs))].sort(), [
      "get",
      "list",
      "patch",
      "update",
      "watch",
    ]);
  });

  it("let it see a ClusterSecretStore only where one may be made", () => {
    const resources = (clusterStores: boolean) =>
      controllerRules({ clusterStores, pushSecrets: false }).flatMap((rule) =>
        rule.resources.filter((name) => name.startsWith("cluster")),
      );
    assert.deepEqual(resources(false), []);
    assert.deepEqual([...new Set(resources(true))].sort(), [
      "clustersecretstores",
      "clustersecretstores/finalizers",
      "clustersecretstores/status",
    ]);
  });

  it("let it generate and push only where it is to", () => {
    const resources = (pushSecrets: boolean) =>
      controllerRules({ clusterStores: false, pushSecrets })
        .filter(({ verbs }) => verbs.some((verb) => !["get", "list", "watch"].includes(verb)))
        .flatMap((rule) => rule.resources.filter((each) => /push|generator/.test(each)));
    assert.deepEqual(resources(false), []);
    assert.deepEqual(resources(true), [
      "pushsecrets",
      "pushsecrets/status",
      "pushsecrets/finalizers",
      "generatorstates",
    ]);
    const generators = controllerRules({ clusterStores: false, pushSecrets: true }).filter(({ resources: each }) =>
      each.includes("passwords"),
    );
    assert.deepEqual(generators, [
      {
        apiGroups: ["generators.external-secrets.io"],
        resources: ["passwords", "uuids"],
        verbs: ["get", "list", "watch"],
      },
    ]);
  });

  it("let it mint tokens for one named service account of a namespace, and do nothing else there", () => {
    assert.deepEqual(tokenRequestRules("secrets-reader"), [
      { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"], resourceNames: ["secrets-reader"] },
    ]);
  });
});
