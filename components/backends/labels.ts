import type { Output } from "@pulumi/pulumi";
import type { StoreBase } from "./contract.ts";
import type { NotAsked, Told } from "./examiner.ts";

/** What a store has beside an object for people and programs: tags, labels or custom metadata, whatever it calls them. */
export type Labels = Readonly<Record<string, string>>;

/** Reads the labels of an object by its remote name, and no value. */
export type ReadLabels = (remoteName: string) => Promise<Told<Labels>>;

/** What opens a store for its labels: whatever holds the deployer's credentials. */
export interface LabelAccess {
  /** An environment variable of whoever deploys. */
  readonly variable: (name: string) => string | undefined;
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
}

/** Opens a store whose provider does not tell labels. */
export type OpenLabels<S extends StoreBase> = (spec: S, access: LabelAccess) => Promise<ReadLabels | NotAsked>;

/** The stack that wrote an object, as its labels name it. */
export interface LabelledStack {
  readonly project: string;
  readonly stack: string;
}

/** The stack that labels name; nothing where no stack of this program wrote them. Pure. */
export function stackIn({ "managed-by": by, project, stack }: Labels): LabelledStack | undefined {
  return by === "pulumi" && project !== undefined && stack !== undefined ? { project, stack } : undefined;
}

/** Labels of which only the texts are of use: a list may have others. Pure. */
export function labelTexts(labels: object | undefined): Labels {
  return Object.fromEntries(
    Object.entries(labels ?? {}).filter((each): each is [string, string] => typeof each[1] === "string"),
  );
}
