// Builds everything a browser gets: one stylesheet, the islands, fonts and icons, into src/Ui/wwwroot.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cutFont, fontCss } from "./fonts.mjs";
import { sprite } from "./icons.mjs";
import { tokensCss } from "./tokens.mjs";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(web, "../src/Ui/wwwroot");
const target = ["chrome109", "firefox115", "safari16.4"];

const made = {
  name: "made",
  setup(build) {
    const make = (filter, namespace, load) => {
      build.onResolve({ filter }, ({ path }) => ({ path: path.slice(path.indexOf(":") + 1), namespace }));
      build.onLoad({ filter: /.*/, namespace }, load);
    };
    make(/^tokens:/, "tokens", () => ({ contents: tokensCss(), loader: "css" }));
    make(/^fonts:/, "fonts", () => ({ contents: fontCss(), loader: "css" }));
    make(/^font:/, "font", async ({ path }) => ({ contents: await cutFont(path), loader: "file" }));
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

await build({
  entryPoints: [{ in: join(web, "styles/ui.css"), out: "styles" }],
  outdir: out, bundle: true, minify: true, target, plugins: [made], logLevel: "warning", assetNames: "fonts/golos-[name]-[hash]",
});

await build({
  entryPoints: readdirSync(join(web, "islands")).filter((name) => name.endsWith(".ts")).map((name) => join(web, "islands", name)),
  outdir: join(out, "islands"), bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning",
});

// The worker lives at the root of the site, where the host serves it: one plain script without modules.
await build({
  entryPoints: [join(web, "worker/sw.ts")], outfile: join(out, "sw.js"), bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8", logLevel: "warning",
});

writeFileSync(join(out, "icons.svg"), sprite());
copyFileSync(join(web, "styles/favicon.svg"), join(out, "favicon.svg"));
for (const name of readdirSync(join(web, "app"))) copyFileSync(join(web, "app", name), join(out, name));
