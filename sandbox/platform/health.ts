import http from "node:http";
import https from "node:https";

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

/** Whether a GET answers 200. */
export async function answers(url: string, trust?: Trust): Promise<boolean> {
  return (await statusOf(url, trust)) === 200;
}
