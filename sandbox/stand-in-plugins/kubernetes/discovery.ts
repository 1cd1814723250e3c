import { isJsonMap, textOf } from "../support/values.ts";
import { type Api, isNotFound } from "./api.ts";

/** Where objects of a kind live. */
export interface ResourceKind {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The API server has no such kind (yet): the definition may come later in the same update. */
export class NoSuchKind extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`);
    this.name = "NoSuchKind";
  }
}

// Many objects of a kind that is not there yet must not ask the server once each.
const MISS_MS = 100;

interface GroupVersion {
  readonly kinds: Promise<ReadonlyMap<string, ResourceKind>>;
  readonly loadedAt: number;
}

/** What kinds the API server has. Asked once per group and version, and again when a kind is missing. */
export class Discovery {
  private readonly api: Api;
  private readonly versions = new Map<string, GroupVersion>();

  constructor(api: Api) {
    this.api = api;
  }

  /** Throws {@link NoSuchKind} when the server has no such kind. */
  async resolve(apiVersion: string, kind: string): Promise<ResourceKind> {
    const version = apiVersion === "core/v1" ? "v1" : apiVersion;
    const known = this.versions.get(version);
    const found = await this.lookUp(known, kind);
    if (found !== undefined) return found;
    if (known !== undefined && Date.now() - known.loadedAt < MISS_MS) throw new NoSuchKind(apiVersion, kind);
    const fresh: GroupVersion = { kinds: this.load(version), loadedAt: Date.now() };
    this.versions.set(version, fresh);
    const second = await this.lookUp(fresh, kind);
    if (second === undefined) throw new NoSuchKind(apiVersion, kind);
    return second;
  }

  /** Forgets everything: a definition has just been created. */
  reset(): void {
    this.versions.clear();
  }

  private async lookUp(version: GroupVersion | undefined, kind: string): Promise<ResourceKind | undefined> {
    return version === undefined ? undefined : (await version.kinds).get(kind);
  }

  private async load(version: string): Promise<ReadonlyMap<string, ResourceKind>> {
    const path = version.includes("/") ? `/apis/${version}` : `/api/${version}`;
    try {
      const list = await this.api.send({ method: "GET", path });
      const resources = Array.isArray(list["resources"]) ? list["resources"].filter(isJsonMap) : [];
      const kinds = resources
        // `deployments/status` is a part of a resource, not one.
        .filter(({ name }) => typeof name === "string" && !name.includes("/"))
        .map(
          ({ name, kind, namespaced }) =>
            [textOf(kind), { plural: textOf(name), namespaced: namespaced === true }] as const,
        );
      return new Map(kinds);
    } catch (error) {
      this.versions.delete(version);
      if (isNotFound(error)) return new Map();
      throw error;
    }
  }
}
