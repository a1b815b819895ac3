// Loads TypeScript sources for tests in Node, which has no matchMedia.
import { join } from "node:path";
import { runnerImport } from "vite";

globalThis.matchMedia ??= () => ({ matches: false, addEventListener() {} });
export const load = async (name) => (await runnerImport(join(import.meta.dirname, "../../src", name), { configFile: false, logLevel: "error" })).module;
