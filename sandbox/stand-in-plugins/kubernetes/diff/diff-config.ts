import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { compare } from "../../support/diff.ts";
import type { DiffResult } from "../../support/provider.ts";
import { equal, type PropertyMap, reveal, textOf, Unknown, type Value } from "../../support/values.ts";
import { isFile, loadKubeConfig } from "../config.ts";

const identifier = "clusterIdentifier";

/**
 * What changed settings of the provider mean for what it made (`provider.go`: DiffConfig). Another cluster needs every
 * object anew; another way to the same one does not. An identifier that stays the same decides that alone; so does one
 * that becomes another. Otherwise the entries of the two kubeconfigs are compared, as far as both name a cluster.
 */
export function diffConfig(olds: PropertyMap, news: PropertyMap): DiffResult {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  names.delete("version");
  const { detailed } = compare(olds, news, Object.fromEntries([...names].map((name) => [name, {}])));
  const changed = Object.keys(detailed);
  if (changed.length === 0) return { detailed };

  const [before, after] = [settingOf(olds, identifier), settingOf(news, identifier)];
  const same = after !== undefined && before === after;
  const replaces = before !== undefined && after !== undefined && before !== after ? [identifier] : [];
  const unknown = routes.find((name) => news[name] instanceof Unknown);
  if (unknown !== undefined) {
    return {
      detailed: { [unknown]: { kind: "update", inputDiff: true } },
      replaces: same ? [] : [...replaces, unknown],
    };
  }
  // Both are read first, even where the identifier makes them irrelevant: what can't be read is an error in any case.
  const [old, next] = [activeCluster(olds), activeCluster(news)];
  if (same) return { detailed, replaces: [] };
  const moved = old !== undefined && next !== undefined && !equal(old, next);
  return { detailed, replaces: [...replaces, ...(moved ? routes.filter((name) => changed.includes(name)) : [])] };
}

/** Settings that say how the cluster is reached. */
const routes = ["kubeconfig", "context", "cluster"];

function activeCluster(settings: PropertyMap): PropertyMap | undefined {
  const kubeconfig = settingOf(settings, "kubeconfig");
  if (kubeconfig === undefined) return undefined;
  const parsed = parse(kubeconfig);
  const context = parsed.getContextObject(settingOf(settings, "context") ?? parsed.getCurrentContext());
  if (context === null) return undefined;
  const cluster = parsed.getCluster(settingOf(settings, "cluster") ?? context.cluster);
  return cluster === null ? undefined : { ...cluster };
}

// A path that is no file here is taken for content, as the official provider does, and is none.
function parse(kubeconfig: string): KubeConfig {
  const isContent = /^\s*\{|:\s/.test(kubeconfig);
  if (!isContent && !isFile(kubeconfig)) {
    throw new Error("failed to parse kubeconfig: neither a file of this machine nor the content of one");
  }
  return loadKubeConfig(kubeconfig);
}

function settingOf(settings: PropertyMap, name: string): string | undefined {
  const value: Value = reveal(settings[name] ?? null);
  const text = textOf(value);
  return text === "" ? undefined : text;
}
