import assert from "node:assert/strict";
import { familyOf, processRows, roleOf } from "../../bench/processes.ts";

describe("processes that the bench watches", () => {
  it("are read from ps, and a line that is none is left out", () => {
    assert.deepEqual(processRows("   12     1  2048 /bin/node a.ts --flag\n\n  PID  PPID\n"), [
      { pid: 12, parent: 1, rssBytes: 2_097_152, command: "/bin/node a.ts --flag" },
    ]);
  });

  it("are a family of all descendants, whatever the order of the list", () => {
    const row = (pid: number, parent: number) => ({ pid, parent, rssBytes: 0, command: "" });
    const rows = [row(4, 3), row(3, 2), row(2, 1), row(9, 8), row(1, 0)];
    assert.deepEqual([...familyOf(2, rows)].sort(), [2, 3, 4]);
  });

  it("have the role that their command line tells", () => {
    const roles = {
      "/x/.sandbox/bench/bin/pulumi up --yes": "engine",
      "/cache/bin/pulumi-3.274.1-52de966b67c7 preview": "engine",
      "/n/node --no-warnings /x/sandbox/stand-in-plugins/kubernetes/main.ts 127.0.0.1:4": "plugin kubernetes",
      "/home/me/plugins/resource-azure-native-v3.28.0/pulumi-resource-azure-native 127.0.0.1:4": "plugin azure-native",
      "/cache/bin/kube-apiserver-1.37.2-52de966b67c7 --etcd-servers=http://127.0.0.1:1": "kube-apiserver",
      "/n/node --no-warnings /x/sandbox/platform/external-secrets/host.ts --root=/x": "host",
      "/n/node --no-warnings /x/bench/stack-child.ts": "program",
      "/cache/bin/vault-1.21.4-835cc877048d server": "vault",
    };
    const found = Object.fromEntries(Object.keys(roles).map((command) => [command, roleOf(command)]));
    assert.deepEqual(found, roles);
  });
});
