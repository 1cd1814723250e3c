import { frozenKeys } from "../../../components/values/derived.ts";
import { isMadeHere } from "../../../components/values/secret-spec.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { EngineError } from "../../../operations/migrate/run/engine.ts";
import type { Choice } from "../../../operations/rotate/choice.ts";
import type { LeakJournal } from "../../../operations/rotate/leak-journal.ts";
import type { MovedEpochs } from "../../../operations/rotate/moved-epochs.ts";
import type { RotationReport } from "../../../operations/rotate/model.ts";
import { rotate, type RotateOptions } from "../../../operations/rotate/run.ts";
import type { RotationTools } from "../../../operations/rotate/tools.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import type { Environment } from "../../../stacks/config/environment.ts";
import type { RotationCalendar } from "../../../stacks/environments/rotation-calendar.ts";
import { environment, facts, policy } from "../../support/fixtures.ts";

/** What the engine does for a secret whose epoch has moved, in its order. */
const runSteps = ["value", "target", "store", "retire"] as const;
type RunStep = (typeof runSteps)[number];

export const killed = new Error("killed");

/** A stack, and an engine that runs it step by step. */
export class Simulated {
  /** `rotations` of its file. */
  readonly rotations: Record<string, string> = {};
  /** `retirePrevious` of its file. */
  readonly retired: Record<string, string> = {};
  /** `rollBack` of its file. */
  readonly rolledBack: Record<string, string> = {};
  /** What the state keeps of values. */
  readonly kept = new Set<string>();
  /** What was done, in order. */
  readonly log: string[] = [];
  journalText = "";
  now = new Date("2026-12-01T14:00:00Z");
  /** The step of a secret at which the engine fails, as `<id> <step>`. */
  failsAt = "";
  /** Runs that find another run at work. */
  locked = 0;
  /** The stack that these are of. */
  lockedStack = "test";
  stateRefused = "";
  /** Versions before the newest one that can be read, by `<store> <object>`. */
  readonly oldVersions = new Map<string, readonly string[]>();
  storeRefused = "";
  agrees = true;
  calendar: RotationCalendar | undefined;
  #moved: MovedEpochs | undefined;
  readonly #catalogue: Catalogue;
  readonly #facts: Readonly<Record<string, unknown>>;
  readonly #secretKeys: ReadonlySet<string>;

  /** @param secretKeys configuration keys of provided values. */
  constructor(
    catalogue: Catalogue,
    more: Readonly<Record<string, unknown>> = {},
    secretKeys: ReadonlySet<string> = new Set(),
  ) {
    this.#catalogue = catalogue;
    this.#facts = more;
    this.#secretKeys = secretKeys;
    for (const spec of this.environment().secrets.filter(isMadeHere)) {
      for (const key of frozenKeys(spec)) this.kept.add(epochName(spec, key));
    }
  }

  environment(): Environment {
    return environment({
      catalogue: this.#catalogue,
      ...(this.calendar === undefined ? {} : { policy: { ...policy, rotation: this.calendar } }),
      administered: new Set(["database"]),
      secretKeys: this.#secretKeys,
      facts: {
        ...{ ...facts, ...this.#facts },
        ...{ rotations: { ...this.rotations }, retirePrevious: { ...this.retired }, rollBack: { ...this.rolledBack } },
      },
    });
  }

  /** @param killedAt number of the step before which the process dies. Default: it does not. */
  tools(killedAt?: number): RotationTools {
    let count = 0;
    return {
      stack: "test",
      load: () => Promise.resolve(this.environment()),
      state: () =>
        Promise.resolve(
          this.stateRefused === ""
            ? { value: { names: new Set(this.kept), kept: new Set(this.kept), pending: [] } }
            : { refused: this.stateRefused },
        ),
      moveEpochs: ({ epochs, retired = new Map<string, string>() }) => {
        for (const [id, epoch] of retired) {
          this.log.push(`retire ${id} ${epoch}`);
          this.retired[id] = epoch;
        }
        for (const [id, epoch] of epochs) {
          this.log.push(`move ${id} ${epoch}`);
          this.rotations[id] = epoch;
        }
        return Promise.resolve();
      },
      engine: { up: () => this.#up() },
      oldVersions: ({ name }) =>
        Promise.resolve(
          this.storeRefused === ""
            ? {
                list: (object) => Promise.resolve({ value: [...(this.oldVersions.get(`${name} ${object}`) ?? [])] }),
                disable: (object, version) => {
                  const place = `${name} ${object}`;
                  this.log.push(`disable ${place} ${version}`);
                  this.oldVersions.set(
                    place,
                    (this.oldVersions.get(place) ?? []).filter((each) => each !== version),
                  );
                  return Promise.resolve({ value: true as const });
                },
              }
            : { reason: this.storeRefused },
        ),
      agree: () => Promise.resolve(this.agrees),
      verify: (_described, ids) => {
        this.log.push(`verify ${ids.join(" ")}`);
        const place = { cluster: "main", namespace: "shop" };
        return Promise.resolve({
          verified: ids.map((id) => ({ ...place, secret: id.replace("/", "-"), verdict: "sound" as const })),
          remarks: [],
        });
      },
      journal: {
        read: () =>
          Promise.resolve(this.journalText === "" ? undefined : (JSON.parse(this.journalText) as LeakJournal)),
        write: (journal) => {
          this.journalText = JSON.stringify(journal);
          return Promise.resolve();
        },
        remove: () => {
          this.journalText = "";
          return Promise.resolve();
        },
      },
      moved: {
        read: () => Promise.resolve(this.#moved),
        write: (journal) => {
          this.#moved = journal;
          return Promise.resolve();
        },
        remove: () => {
          this.#moved = undefined;
          return Promise.resolve();
        },
      },
      now: () => new Date(this.now),
      pause: (milliseconds) => {
        this.log.push(`pause ${milliseconds}`);
        this.now = new Date(this.now.getTime() + milliseconds);
        return Promise.resolve();
      },
      onStep: () => {
        if (count++ === killedAt) throw killed;
      },
    };
  }

  run(choice: Choice, options: Partial<RotateOptions> = {}, killedAt?: number): Promise<RotationReport> {
    return rotate(this.tools(killedAt), {
      choice,
      mode: "run",
      leaked: false,
      outsideWindows: false,
      waitMs: 0,
      ...options,
    });
  }

  /** What was done since the last time this was asked. */
  done(): readonly string[] {
    return this.log.splice(0);
  }

  #up(): Promise<void> {
    if (this.locked > 0) {
      this.locked -= 1;
      const holder = "created by ci@runner-3 (pid 478) at 2026-12-01T13:59:00Z";
      return Promise.reject(
        new EngineError(
          `pulumi up ended with exit code 255:\n  the stack is currently locked by 1 lock(s). x: ${holder}`,
          this.lockedStack,
        ),
      );
    }
    // What fails before the first value is made is refused; later, others come to their end first.
    let failed: { readonly id: string; readonly step: RunStep } | undefined;
    for (const step of runSteps) {
      for (const spec of this.environment().secrets.filter(isMadeHere)) {
        if (spec.id === failed?.id) continue;
        const names = frozenKeys(spec).map((key) => epochName(spec, key));
        const old = [...this.kept].filter((name) => name.startsWith(`${spec.id}/`) && !names.includes(name));
        const isNew = names.some((name) => !this.kept.has(name));
        if (step === "value" ? !isNew : old.length === 0) continue;
        if (this.failsAt !== `${spec.id} ${step}`) this.#carryOut(step, spec.id, names, old);
        else if (step === "value") return failure(spec.id, step);
        else failed = { id: spec.id, step };
      }
    }
    return failed === undefined ? Promise.resolve() : failure(failed.id, failed.step);
  }

  #carryOut(step: RunStep, id: string, names: readonly string[], old: readonly string[]): void {
    this.log.push(`${step} ${id}`);
    if (step === "value") for (const name of names) this.kept.add(name);
    if (step === "retire") for (const name of old) this.kept.delete(name);
  }
}

function failure(id: string, step: RunStep): Promise<never> {
  return Promise.reject(new EngineError(`pulumi up ended with exit code 255:\n  ${id}: ${step} failed`));
}
