import assert from "node:assert/strict";
import { createServer } from "node:net";
import { portInUse, requireFreePorts } from "../../platform/machine/ports-in-use.ts";
import { DEFAULT_PORT_BASE, portsFrom } from "../../ports.ts";

describe("ports", () => {
  it("are in a row, with the Kubernetes API on 16443 by default", () => {
    assert.deepEqual(portsFrom(DEFAULT_PORT_BASE), {
      etcdClient: 16440,
      etcdPeer: 16441,
      kwok: 16442,
      kubeApiserver: 16443,
      kubeControllerManager: 16444,
      kubeScheduler: 16445,
      vault: 16446,
      vaultCluster: 16447,
      externalSecretsMetrics: 16448,
      externalSecretsHealth: 16449,
      gateway: 16450,
      cloudsHealth: 16451,
      moto: 16452,
    });
  });

  for (const base of [0, 80, 65_530, 1.5, Number.NaN]) {
    it(`refuse the base ${base}`, () => {
      assert.throws(() => portsFrom(base), {
        message: [
          `The port base ${base} cannot be used.`,
          "  why: It must be a whole number from 1024 to 65523: the platform takes the 13 ports from it on.",
          "  fix: Unset SANDBOX_PORT_BASE (default 16440), or set it to a number in that range.",
        ].join("\n"),
      });
    });
  }

  it("say who has one that is taken", () => {
    assert.equal(
      portInUse({ port: 16443, server: "kube-apiserver" }, { pid: 42, command: "nginx" }).message,
      [
        "Port 16443 on 127.0.0.1, which kube-apiserver needs, is taken by nginx (pid 42).",
        "  fix: Stop it (kill 42), or put the platform on other ports: SANDBOX_PORT_BASE=<number> npm run sandbox -- up",
      ].join("\n"),
    );
    assert.equal(
      portInUse({ port: 16443, server: "kube-apiserver" }, undefined).message,
      [
        "Port 16443 on 127.0.0.1, which kube-apiserver needs, is taken by another process.",
        "  fix: Stop what listens there, or put the platform on other ports: SANDBOX_PORT_BASE=<number> npm run sandbox -- up",
      ].join("\n"),
    );
  });

  it("are found taken, with the holder's pid", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    try {
      const wanted = [{ port: address.port, server: "vault" }];
      await assert.rejects(requireFreePorts(wanted), (error: Error) => error.message.includes(`(pid ${process.pid})`));
    } finally {
      server.close();
    }
  });
});
