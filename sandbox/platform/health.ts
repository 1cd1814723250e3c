import http from "node:http";
import https from "node:https";
import type { Ports } from "../ports.ts";
import { cloudsHealthAddress, kubernetesServer, vaultAddress } from "./addresses.ts";

/** Whom a health question trusts. `unverified` is for servers that make a throw-away certificate for themselves on loopback. */
export type Trust = { readonly ca: string } | "unverified";

/** Status code of a GET, or undefined when nothing answers within two seconds. */
export async function statusOf(url: string, trust?: Trust): Promise<number | undefined> {
  const secure = url.startsWith("https:");
  const tls = trust === undefined ? {} : trust === "unverified" ? { rejectUnauthorized: false } : { ca: trust.ca };
  return await new Promise((resolve) => {
    const request = (secure ? https : http).get(url, { ...tls, agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(undefined);
    });
  });
}

async function answers(url: string, trust?: Trust): Promise<boolean> {
  return (await statusOf(url, trust)) === 200;
}

/** Processes that have a health endpoint. */
export type ProbedServer =
  | "etcd"
  | "vault"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kwok"
  | "external-secrets"
  | "moto"
  | "clouds";

/** Asks a process' own health endpoint. */
export async function isHealthy(server: ProbedServer, ports: Ports, caPem: string): Promise<boolean> {
  switch (server) {
    case "etcd":
      return answers(`http://127.0.0.1:${ports.etcdClient}/health`);
    case "vault":
      return answers(`${vaultAddress(ports)}/v1/sys/health`);
    case "kube-apiserver":
      return answers(`${kubernetesServer(ports)}/readyz`, { ca: caPem });
    case "kube-controller-manager":
      return answers(`https://127.0.0.1:${ports.kubeControllerManager}/healthz`, "unverified");
    case "kube-scheduler":
      return answers(`https://127.0.0.1:${ports.kubeScheduler}/healthz`, "unverified");
    case "kwok":
      return answers(`http://127.0.0.1:${ports.kwok}/healthz`);
    case "external-secrets":
      return answers(`http://127.0.0.1:${ports.externalSecretsHealth}/healthz`);
    case "moto":
      return answers(`http://127.0.0.1:${ports.moto}/moto-api/data.json`);
    case "clouds":
      return answers(`${cloudsHealthAddress(ports)}/healthz`);
  }
}
