import assert from "node:assert/strict";
import { orphanPids } from "../../platform/machine/orphans.ts";

const root = "/repo/.sandbox";
const etcd = { program: "/cache/bin/etcd", args: ["--name=sandbox", `--data-dir=${root}/etcd`] };
const host = { program: "/usr/bin/node", args: ["host.ts", `--root=${root}`, "--port=1"] };

describe("orphans", () => {
  it("are the same program on the same folder", () => {
    const processes = [
      "   10 /cache/bin/etcd --name=sandbox --data-dir=/repo/.sandbox/etcd --log-level=warn",
      "   11 /usr/bin/node host.ts --root=/repo/.sandbox --port=1",
    ].join("\n");
    assert.deepEqual(orphanPids(processes, [etcd, host], root), [10, 11]);
  });

  it("are never another platform's servers or another program", () => {
    const processes = [
      "   10 /cache/bin/etcd --name=sandbox --data-dir=/other/.sandbox/etcd",
      "   11 /cache/bin/etcd --name=sandbox --data-dir=/repo/.sandbox/etcd-2",
      "   12 /usr/bin/node host.ts --root=/repo/.sandbox/bench --port=1",
      "   13 tail -F --data-dir=/repo/.sandbox/etcd",
      "   14 /cache/bin/etcdctl --data-dir=/repo/.sandbox/etcd",
      "",
    ].join("\n");
    assert.deepEqual(orphanPids(processes, [etcd, host], root), []);
  });
});
