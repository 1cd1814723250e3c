import type { ClusterSpec } from "../clusters/contract.ts";
import type { Explanation } from "../support/messages/explanation.ts";
import type { StoreBase } from "./contract.ts";
import type { IdentityScope } from "./identity.ts";
import type { IssuedObject, IssuingRole } from "./issued.ts";
import type { ChainLink } from "./known-error.ts";
import type { RemoteObject } from "./remote-object.ts";

/** What one question to a store brought to light. */
export interface StoreExamination {
  readonly findings?: readonly StoreFinding[];
  /** What is as it should be. */
  readonly seen?: readonly { readonly link: ChainLink; readonly text: string }[];
  /** What the store did not answer, and why. */
  readonly unanswered?: readonly { readonly link: ChainLink; readonly subject: string; readonly reason: string }[];
  /** Present where nothing answers there: any other question would only take as long. */
  readonly unreachable?: true;
}

/** Something that is wrong with a store. */
export interface StoreFinding extends Explanation {
  readonly link: ChainLink;
  /** `warning`: whoever reads gets the value all the same. Default: it is broken. */
  readonly severity?: "warning";
}

/** Who reads which objects of a store. */
export interface Reading {
  readonly scope: IdentityScope;
  /** The cluster whose namespace reads. */
  readonly cluster: ClusterSpec;
  readonly objects: readonly ReadObject[];
  /** `operator`: the External Secrets Operator reads for the namespace; `mount`: its Pods do, through the CSI driver. */
  readonly by: "operator" | "mount";
}

/** An object that is read. */
export interface ReadObject extends RemoteObject {
  /** The secret (`<app>/<secret>`) that this stack writes into it. Default: somebody else writes it. */
  readonly secret?: string;
  /** The store that it is written to, and that brings it into the one that is read. Default: none does. */
  readonly replicaOf?: string;
}

/** Asks a store itself, without changing anything. A value that it reads for the names of its keys stays within it. */
export interface StoreExaminer {
  /** Whether it works at all. */
  store(): Promise<StoreExamination>;
  /** Whether a reader can log in, and may read these objects. */
  reader(reading: Reading): Promise<StoreExamination>;
  /** Whether an object is there with these keys. */
  object(object: ReadObject, keys: readonly string[]): Promise<StoreExamination>;
  /** How the store itself, or a service of its cloud, rotates an object; nothing where it does not. Default: no store does. */
  rotation?(object: RemoteObject): Promise<Told<NativeRotation | undefined>>;
  /** How the role issues credentials that an object stands for; the role alone is read. Default: no store issues any. */
  issues?(issued: IssuedObject): Promise<Told<IssuingRole>>;
}

/** A rotation that the store carries out by itself. */
export interface NativeRotation {
  /** Who: `AWS`, or a service of its own that owns the object, `AWS (rds)`. */
  readonly by: string;
  /** Days from one to the next. Default: the schedule says it. */
  readonly everyDays?: number;
  /** In the store's own words: `cron(0 8 1 * ? *)`. */
  readonly schedule?: string;
  readonly last?: Date;
  /** Day by which the next one is due. */
  readonly next?: Date;
}

/** Why a store can't be asked from here. */
export interface NotAsked {
  readonly reason: string;
}

/** Opens a store to ask it, with credentials that the environment variables of whoever asks hold. */
export type OpenExaminer<S extends StoreBase> = (
  spec: S,
  variable: (name: string) => string | undefined,
) => Promise<StoreExaminer | NotAsked>;

/** What a store says of one thing: it is there, it is not, or why the store does not tell. */
export type Told<T> = { readonly value: T } | { readonly absent: true } | { readonly refused: string };

/** Something of the store that is wrong. */
export function broken(link: ChainLink, subject: string, problem: string, fix?: string): StoreExamination {
  return { findings: [{ link, subject, problem, ...(fix === undefined ? {} : { fix }) }] };
}

/** Something of the store that is wrong, while whoever reads gets the value. */
export function warning(link: ChainLink, subject: string, problem: string, fix: string): StoreExamination {
  return { findings: [{ link, subject, problem, fix, severity: "warning" }] };
}

/** Something that is as it should be. */
export function sound(link: ChainLink, text: string): StoreExamination {
  return { seen: [{ link, text }] };
}

/** Something that the store did not tell. */
export function unanswered(link: ChainLink, subject: string, reason: string): StoreExamination {
  return { unanswered: [{ link, subject, reason }] };
}

/** Several results as one. */
export function examinedTogether(each: readonly StoreExamination[]): StoreExamination {
  return {
    findings: each.flatMap(({ findings = [] }) => findings),
    seen: each.flatMap(({ seen = [] }) => seen),
    unanswered: each.flatMap(({ unanswered: left = [] }) => left),
  };
}

/** What restores whatever this program makes. */
export const restore = "pulumi up --refresh";
