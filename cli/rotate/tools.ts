import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { pulumiReader } from "../../operations/doctor/engine-reader.ts";
import { examine } from "../../operations/doctor/examine.ts";
import { kubernetesReader } from "../../operations/doctor/kubernetes.ts";
import { openExaminer } from "../../operations/doctor/stores.ts";
import { pulumiCli } from "../../operations/migrate/run/pulumi-cli.ts";
import { once } from "../../components/support/once.ts";
import { examineTarget, targetText } from "../../components/targets/kinds.ts";
import { partsReader, stacksOf, stackWith } from "../../operations/fleet/parts-reader.ts";
import { leakJournalFile } from "../../operations/rotate/leak-journal.ts";
import { movedEpochsFile } from "../../operations/rotate/moved-epochs.ts";
import { moveEpochs } from "../../operations/rotate/stack-file.ts";
import { openOldVersions } from "../../operations/rotate/old-versions.ts";
import type { RehearsalTools } from "../../operations/rotate/rehearse.ts";
import type { RotationTools } from "../../operations/rotate/tools.ts";
import { verified } from "../../operations/rotate/verify.ts";
import { loadStack } from "../../preview/preview.ts";
import { readStackFile } from "../../preview/stack-file.ts";
import { scopeOf } from "../../stacks/config/environment.ts";
import { confirmOn } from "../confirm.ts";
import type { Session } from "../frame.ts";
import { oldVersionsText } from "../text/rotation.ts";

/** What a rehearsal works with: the passwords of administrators stay in memory, and no client is loaded before it asks. */
export function rehearsalTools(stack: string, { root, progress, signal }: Session): RehearsalTools {
  // A rehearsal changes nothing that would have to be read again.
  const load = once(async () => scopeOf(await loadStack({ root, stack, now: new Date() })));
  return {
    stack,
    load,
    state: async () => partsReader(await load(), pulumiReader({ root }))(stack),
    engine: {
      secret: pulumiCli({ root, stack, signal }).secret,
      kept: async (name, id) => {
        const owner = stackWith(await load(), [id], stack);
        return pulumiCli({ root, stack: owner, configuredIn: stack, signal }).kept(name);
      },
    },
    examine: examineTarget,
    targetText,
    onStep: (text) => progress.step(text),
    signal,
  };
}

/** What a rotation works with, of the stack that is named: its files, its engine, its clusters. */
export function rotationTools(
  stack: string,
  { root, progress, signal, note }: Session,
  { yes }: { readonly yes: boolean },
): RotationTools {
  // The program runs in the folder of its project, so that is where its paths begin.
  const reached = ({ kubeconfig, ...spec }: ClusterSpec) =>
    kubeconfig === undefined ? spec : { ...spec, kubeconfig: path.resolve(root, kubeconfig) };
  const load = async () => scopeOf(await loadStack({ root, stack, now: new Date() }));
  const readOne = pulumiReader({ root });
  return {
    stack,
    load,
    state: async () => partsReader(await load(), readOne)(stack),
    moveEpochs: async (move) => {
      const { project } = await readStackFile(root, stack);
      await moveEpochs({ root, stack, project }, move);
    },
    engine: {
      up: async (ids) => {
        for (const each of stacksOf(await load(), ids, stack)) {
          const onLine = (line: string) => progress.step(line);
          await pulumiCli({ root, stack: each, configuredIn: stack, signal, onLine }).up();
        }
      },
    },
    verify: (environment, ids) =>
      verified({
        environment,
        ids,
        look: (target) =>
          examine({
            environment,
            stack,
            target,
            now: new Date(),
            reader: (spec) => kubernetesReader(reached(spec)),
            store: (store) => openExaminer(store, (name) => process.env[name]),
            engine: readOne,
            onProgress: (text) => progress.step(text),
          }),
      }),
    oldVersions: (store) => openOldVersions(store, (name) => process.env[name]),
    agree: async (found) => {
      if (yes) return true;
      for (const each of found) note(oldVersionsText(each));
      return (
        (await confirmOn(
          process,
          "Disable these versions? Whoever reads one by its id can read it no more.",
          signal,
        )) === true
      );
    },
    journal: leakJournalFile(root, stack),
    moved: movedEpochsFile(root, stack),
    now: () => new Date(),
    pause: async (milliseconds) => void (await sleep(milliseconds, undefined, { signal })),
    onStep: (text) => progress.step(text),
    signal,
  };
}
