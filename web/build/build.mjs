// Builds everything a browser gets: one stylesheet, the islands, fonts and icons, into src/Ui/wwwroot.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sprite } from "./icons.mjs";
import { tokensCss } from "./tokens.mjs";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(web, "../src/Ui/wwwroot");
const target = ["chrome109", "firefox115", "safari16.4"];

const tokens = {
  name: "tokens",
  setup(build) {
    build.onResolve({ filter: /^tokens:schemes$/ }, () => ({ path: "schemes", namespace: "tokens" }));
    build.onLoad({ filter: /.*/, namespace: "tokens" }, () => ({ contents: tokensCss(), loader: "css" }));
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

await build({
  entryPoints: [{ in: join(web, "styles/ui.css"), out: "styles" }],
  outdir: out, bundle: true, minify: true, target, plugins: [tokens], logLevel: "warning",
  loader: { ".woff2": "file" }, assetNames: "fonts/[name]-[hash]",
});

await build({
  entryPoints: readdirSync(join(web, "islands")).filter((name) => name.endsWith(".ts")).map((name) => join(web, "islands", name)),
  outdir: join(out, "islands"), bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning",
});

writeFileSync(join(out, "icons.svg"), sprite());
copyFileSync(join(web, "styles/favicon.svg"), join(out, "favicon.svg"));
