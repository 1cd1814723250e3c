import assert from "node:assert/strict";
import type { Target } from "../../build/cache-key.ts";
import { releaseOf } from "../../build/releases.ts";
import { type ToolName, toolModules } from "../../build/tools.ts";

const linux: Target = { os: "linux", arch: "amd64" };
const mac: Target = { os: "darwin", arch: "arm64" };
const at = (tool: ToolName, target: Target, version = "1.2.3") => {
  const release = releaseOf(tool, version, { target });
  return release === undefined ? undefined : [release.url, release.checksum.url, release.member];
};

describe("published programs", () => {
  it("are those of the projects' own servers", () => {
    const [server, sums] = ["https://dl.k8s.io/release/v1.2.3/bin/linux/amd64/kube-apiserver", ".sha512"];
    assert.deepEqual(at("kube-apiserver", linux), [server, server + sums, undefined]);
    assert.deepEqual(at("vault", linux), [
      "https://releases.hashicorp.com/vault/1.2.3/vault_1.2.3_linux_amd64.zip",
      "https://releases.hashicorp.com/vault/1.2.3/vault_1.2.3_SHA256SUMS",
      "vault",
    ]);
    assert.deepEqual(at("helm", mac), [
      "https://get.helm.sh/helm-v1.2.3-darwin-arm64.tar.gz",
      "https://get.helm.sh/helm-v1.2.3-darwin-arm64.tar.gz.sha256sum",
      "darwin-arm64/helm",
    ]);
    assert.deepEqual(at("etcd", mac), [
      "https://github.com/etcd-io/etcd/releases/download/v1.2.3/etcd-v1.2.3-darwin-arm64.zip",
      "https://github.com/etcd-io/etcd/releases/download/v1.2.3/SHA256SUMS",
      "etcd-v1.2.3-darwin-arm64/etcd",
    ]);
    assert.deepEqual(at("kwok", linux), [
      "https://github.com/kubernetes-sigs/kwok/releases/download/v1.2.3/kwok-linux-amd64",
      "https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v1.2.3",
      undefined,
    ]);
  });

  it("leave to be built what nobody publishes for a machine", () => {
    const unpublished = (target: Target) =>
      toolModules
        .flatMap(({ tools }) => tools.map(({ name }) => name))
        .filter((name) => releaseOf(name, "1.2.3", { target }) === undefined);
    // The Pulumi CLI has its own way: sandbox/pulumi/cli.ts. Vault's release has the auth method built in.
    const nowhere = [
      "vault-plugin-auth-kubernetes",
      "postgresql-database-plugin",
      "pulumi",
      "external-secrets",
      "sealed-secrets-controller",
      "pulumi-resource-kubernetes",
    ];
    assert.deepEqual(unpublished(linux), nowhere);
    const servers = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    assert.deepEqual(unpublished(mac), [...servers, ...nowhere]);
  });
});
