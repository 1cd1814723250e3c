import { SecretValue } from "../../../operations/migrate/secret-value.ts";
import type { PlannedFact } from "../../../operations/migrate/plan/model.ts";
import type {
  LiveExternalSecret,
  LiveSecret,
  MigrationCluster,
  Place,
} from "../../../operations/migrate/run/cluster.ts";
import { EngineError, type Engine } from "../../../operations/migrate/run/engine.ts";
import type { JournalFile } from "../../../operations/journal-file.ts";
import { journalSchema, type Journal } from "../../../operations/migrate/run/model.ts";

interface StoredSecret {
  values: Record<string, string>;
  controller?: { readonly kind: string; readonly name: string };
  isHelms?: boolean;
  isImmutable?: boolean;
  owners?: readonly { readonly kind: string; readonly name: string }[];
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  writers?: readonly string[];
}

interface StoredExternalSecret {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  spec: Record<string, unknown>;
}

/** A Secret that the stack delivers: its keys, with the configuration key or the value of each. */
export interface Delivered {
  readonly namespace: string;
  readonly name: string;
  readonly keys: Readonly<Record<string, { readonly config: string } | { readonly value: string }>>;
}

const at = ({ namespace, name }: Place) => `${namespace}/${name}`;

/** A stack and its cluster in memory, which do what the program and the operator do with Secrets that exist. */
export class Simulated {
  readonly secrets = new Map<string, StoredSecret>();
  readonly externalSecrets = new Map<string, StoredExternalSecret>();
  readonly config = new Map<string, string>();
  readonly facts = new Map<string, unknown>();
  ups = 0;
  #journal: string | undefined;
  #ours = new Set<string>();
  readonly #delivered: readonly Delivered[];

  constructor(delivered: readonly Delivered[]) {
    this.#delivered = delivered;
  }

  get journalText(): string {
    return this.#journal ?? "";
  }

  readonly journal: JournalFile<Journal> = {
    read: () =>
      Promise.resolve(this.#journal === undefined ? undefined : journalSchema.parse(JSON.parse(this.#journal))),
    write: (journal: Journal) => {
      this.#journal = JSON.stringify(journal);
      return Promise.resolve();
    },
    remove: () => {
      this.#journal = undefined;
      return Promise.resolve();
    },
  };

  readonly engine: Engine = {
    secret: (key) => {
      const value = this.config.get(key);
      return Promise.resolve(value === undefined ? undefined : new SecretValue(value));
    },
    setSecret: (key, value) => {
      this.config.set(key, value.reveal());
      return Promise.resolve();
    },
    setFact: ({ path, value }: PlannedFact) => {
      this.facts.set(path.join(" "), value);
      return Promise.resolve();
    },
    removeFact: (path) => {
      this.facts.delete(path.join(" "));
      return Promise.resolve();
    },
    up: () => {
      this.ups += 1;
      return Promise.resolve().then(() => {
        this.#up();
      });
    },
  };

  #up(): void {
    const wanted = this.#delivered.map((delivery) => {
      const { namespace, name } = delivery;
      const as = (this.facts.get(`namespaces ${namespace} secrets ${name} deliveredAs`) as string | undefined) ?? name;
      return { delivery, place: at({ namespace, name: as }) };
    });
    const places = new Set(wanted.map(({ place }) => place));
    for (const path of this.facts.keys()) {
      const [fact, place = ""] = path.split(" ");
      if (fact === "existingSecrets" && !places.has(place))
        throw new EngineError(`${path}: no such Secret is delivered`);
    }
    for (const { place } of wanted) {
      const choice = this.facts.get(`existingSecrets ${place}`);
      if (this.externalSecrets.has(place))
        throw new EngineError(`ExternalSecret ${place} exists and is not managed by this stack`);
      if (this.secrets.has(place) && !this.#ours.has(place) && choice === undefined)
        throw new EngineError(`Secret ${place} exists and is not managed by this stack`);
    }
    for (const { delivery, place } of wanted) {
      const present = this.secrets.get(place);
      const values = Object.fromEntries(
        Object.entries(delivery.keys).map(([key, source]) => [
          key,
          "config" in source ? (this.config.get(source.config) ?? "") : (present?.values[key] ?? source.value),
        ]),
      );
      const isMerged = this.facts.has(`existingSecrets ${place}`);
      this.secrets.set(place, {
        ...present,
        values: { ...present?.values, ...values },
        ...(isMerged ? {} : { controller: { kind: "ExternalSecret", name: place.split("/")[1] ?? "" } }),
      });
    }
    for (const place of this.#ours) {
      if (places.has(place)) continue;
      // The operator's garbage: a Secret that it owns goes with its ExternalSecret.
      if (this.secrets.get(place)?.controller !== undefined) this.secrets.delete(place);
    }
    this.#ours = places;
  }

  readonly cluster: MigrationCluster = {
    secret: (place) => Promise.resolve(this.#live(place)),
    externalSecret: (place) => {
      const theirs = this.externalSecrets.get(at(place));
      const ours = { labels: {}, annotations: { "multicloud-secrets/stack": "multicloud-secrets/dev" }, spec: {} };
      const found = theirs ?? (this.#ours.has(at(place)) ? ours : undefined);
      if (found === undefined) return Promise.resolve(undefined);
      return Promise.resolve<LiveExternalSecret>({ name: place.name, ...found, isReady: true, message: "synced" });
    },
    writersOf: async (place) => {
      const found = await this.cluster.externalSecret(place);
      return found === undefined ? [] : [found];
    },
    disown: (place) => {
      delete this.secrets.get(at(place))?.controller;
      return Promise.resolve();
    },
    release: (place) => {
      const found = this.externalSecrets.get(at(place));
      if (found !== undefined) found.spec = { ...found.spec, target: { creationPolicy: "Orphan" } };
      return Promise.resolve();
    },
    deleteExternalSecret: (place) => {
      this.externalSecrets.delete(at(place));
      for (const [name, { controller }] of this.secrets)
        if (name.startsWith(`${place.namespace}/`) && controller?.name === place.name) this.secrets.delete(name);
      return Promise.resolve();
    },
    createExternalSecret: (place, manifest) => {
      const { metadata, spec } = manifest as unknown as {
        metadata: StoredExternalSecret;
        spec: Record<string, unknown>;
      };
      this.externalSecrets.set(at(place), { labels: metadata.labels, annotations: metadata.annotations, spec });
      return Promise.resolve();
    },
    keepForHelm: (place) => {
      const found = this.secrets.get(at(place));
      if (found !== undefined) found.isHelms = false;
      return Promise.resolve();
    },
  };

  #live(place: Place): LiveSecret | undefined {
    const found = this.secrets.get(at(place));
    if (found === undefined) return undefined;
    const { values, controller, isHelms = false, isImmutable = false, writers = [] } = found;
    const { labels = {}, annotations = {}, owners = [] } = found;
    return {
      values: new Map(Object.entries(values).map(([key, value]) => [key, new SecretValue(value)])),
      ...(controller === undefined ? {} : { controller }),
      isHelms,
      isImmutable,
      owners,
      labels,
      annotations,
      writers,
    };
  }
}
