// `segue serve` with a model, for tests that drive its pages as they come out of the binary.
//   SEGUE_MODEL       the model's folder
//   SEGUE             the program, else build/release/bin/segue
//   SEGUE_EVALUATION  a report to serve beside it
//   SEGUE_WEB_ROOT    pages to serve instead of those in the binary
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const kSegue = process.env.SEGUE ?? join(import.meta.dirname, "../../../../build/release/bin/segue");
const kModel = process.env.SEGUE_MODEL;

export async function startReal(...options) {
  assert.ok(kModel, "SEGUE_MODEL: expected the folder of a model");
  const folder = mkdtempSync(join(tmpdir(), "segue-web-"));
  const store = join(folder, "listens.sqlite");
  const named = (option, value) => (value ? [option, value] : []);
  const files = [...named("--web-root", process.env.SEGUE_WEB_ROOT), ...named("--evaluation", process.env.SEGUE_EVALUATION)];
  let process_;

  // On a free port the first time, on the same one after that.
  async function start(port = 0) {
    process_ = spawn(kSegue, ["serve", kModel, "--store", store, "--port", String(port), ...files, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    process_.stderr.setEncoding("utf8");
    let log = "";
    return new Promise((done, failed) => {
      process_.once("error", failed);
      process_.once("exit", () => failed(new Error(`segue serve ended: ${log}`)));
      process_.stderr.on("data", (text) => {
        log += text;
        const url = /https?:\/\/[0-9.]+:\d+/.exec(log);
        if (url) done(url[0]);
      });
    });
  }
  // By SIGTERM: it has to end by itself, with status 0.
  async function end() {
    process_.removeAllListeners("exit");
    const ended = new Promise((done) => process_.once("exit", (status) => done(status)));
    process_.kill("SIGTERM");
    assert.equal(await ended, 0, "status of segue serve");
  }

  const url = await start();
  return {
    url,
    stopForNow: end,
    startAgain: () => start(new URL(url).port),
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true });
    },
    // The secret of a new token, for one user or ("") for all.
    token: async (user, ...scopes) => {
      const given = ["token", "create", "--store", store, "--name", "test", "--json", ...(user ? ["--user", user] : []), ...scopes.map((scope) => `--${scope}`)];
      return JSON.parse((await promisify(execFile)(kSegue, given)).stdout).secret;
    },
    get: async (path) => (await fetch(url + path)).json(),
  };
}
