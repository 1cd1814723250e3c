import { existsSync } from "node:fs";
import type { Browser } from "puppeteer-core";

/** Why no browser can be started here; `undefined` where one can. */
export function noBrowser(): string | undefined {
  if (process.platform === "linux" && process.arch === "x64") return undefined;
  return installed() === undefined
    ? `@sparticuz/chromium is for Linux on x64, and CHROME names no browser (${process.platform}-${process.arch})`
    : undefined;
}

/** A browser of the machine, where `CHROME` names one. */
function installed(): string | undefined {
  const { CHROME: named = "" } = process.env;
  return existsSync(named) ? named : undefined;
}

/** Starts a headless Chromium: the one that `CHROME` names, or that of the package `@sparticuz/chromium`. */
export async function startBrowser(): Promise<Browser> {
  const { default: puppeteer } = await import("puppeteer-core");
  const { default: chromium } = await import("@sparticuz/chromium");
  return puppeteer.launch({
    executablePath: installed() ?? (await chromium.executablePath()),
    headless: "shell",
    // Tests run as root in containers, where the sandbox of Chromium does not start; they open pages of their own only.
    args: ["--no-sandbox", "--no-zygote", "--disable-gpu"],
  });
}
