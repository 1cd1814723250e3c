// What the language host loads for `npm run bench -- --fleet`: the program, with a catalogue of the size that is measured.
// JavaScript, as start.js is: the SDK's runner requires it.
import process from "node:process";

const { deployStack } = await import("../stacks/index.ts");
const { benchCatalogue } = await import("./catalogue.ts");

export default () => deployStack({ now: new Date(), catalogue: benchCatalogue(Number(process.env["BENCH_SECRETS"])) });
