import type { Recipe } from "../../components/values/recipe.ts";

/** Key that exists only in some environments. */
export interface ConditionalKey {
  readonly when: "high-availability";
  readonly recipe: Recipe;
}

/** An account of a target (`targets` among the facts), whose login a secret is. */
export interface CatalogueAccount {
  /** Name of the target, which each environment describes. */
  readonly target: string;
  /** Key that holds the account's name: a literal, or two that alternate. */
  readonly username: string;
  /** Key that holds its password: a random or a provided value. */
  readonly password: string;
  /**
   * Where the target keeps the password before valid beside the new one (Redis, Valkey): a rotation ends with its removal, once every
   * workload is restarted and the new one is verified. Each Secret of the secret must name its `restarts`. Default: it stays valid until
   * the next rotation.
   */
  readonly retirePrevious?: true;
}

/** A probe (`probes` among the facts) that tries a secret once it is delivered. */
export interface CatalogueProbe {
  /** Name of the probe, which each environment describes. */
  readonly probe: string;
  /** Key that holds the account's name. Default: the probe needs none. */
  readonly username?: string;
  /** Key that holds the password or token. */
  readonly password: string;
}

/** One secret of an application: one object in the store, its keys as properties. */
export interface CatalogueSecret {
  readonly keys: Readonly<Record<string, Recipe | ConditionalKey>>;
  /** Path below `<platform>-<environment>/`, to keep a name that exists already. Default: `<app>/<secret>`. */
  readonly path?: string;
  /** Key that lies under the secret's own name where a store has an object for each key. Default: none does. */
  readonly primaryKey?: string;
  /**
   * `false`: no namespace gets it. It is made and stored for machines outside of the clusters, and nobody gets rights here;
   * facts name its stores (`storedIn`). Default: a delivery must read it.
   */
  readonly delivered?: false;
  /** Days between rotations: a whole number from 1 to 3650. Default: no schedule. */
  readonly rotateEveryDays?: number;
  /**
   * The application reads it at its first start alone, as Grafana does its administrator's password: a rotation must reset it there, by
   * `accounts`. Default: the application reads it again.
   */
  readonly bootstrapOnly?: true;
  /** Accounts that it is the login of: a new value reaches their targets before any store. Default: none. */
  readonly accounts?: readonly CatalogueAccount[];
  /**
   * Probes that try a new value once every Secret has it and its workloads are restarted, before the value of before leaves the
   * state. Default: the accounts are logged in to, and nothing else is tried.
   */
  readonly verify?: readonly CatalogueProbe[];
}

/** Where the keys of a Kubernetes Secret come from: all keys of a secret, or some under names of the consumer's choice. */
export type KeySource = string | { readonly secret: string; readonly keys: Readonly<Record<string, string>> };

/** One Kubernetes Secret of a consumer. */
export interface CatalogueDelivery {
  readonly namespace: string;
  readonly secretName: string;
  /** Secrets of this application by name, of another as `<app>/<secret>`. `keys` maps the consumer's key to ours. */
  readonly from: readonly KeySource[];
  /**
   * Keys that the operator composes in the cluster, by name: texts with `${<secret>/<key>}` or `${<app>/<secret>/<key>}`,
   * with the filters of templates. Default: none.
   */
  readonly templates?: Readonly<Record<string, string>>;
  /** The environments that have this Secret, by name, in all of their parts. Default: all. */
  readonly environments?: readonly string[];
  /** The Secret belongs to somebody else and gets these keys merged in. Default: it is ours. */
  readonly merge?: boolean;
  /**
   * Type of the Secret, such as `kubernetes.io/tls`: it can't be changed later. Default: `Opaque`; with `merge`, that of
   * the Secret that exists.
   */
  readonly type?: string;
  /**
   * Workloads of the namespace that read it when they start, such as `Deployment/mlflow`: each is restarted once the Secret has
   * new values. Default: none.
   */
  readonly restarts?: readonly string[];
  /** Labels of the Secret, by name. They are not secret. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the Secret, by name. They are not secret. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface CatalogueApplication {
  readonly secrets: Readonly<Record<string, CatalogueSecret>>;
  readonly deliveries: readonly CatalogueDelivery[];
}

/** Applications by name. */
export type Catalogue = Readonly<Record<string, CatalogueApplication>>;
