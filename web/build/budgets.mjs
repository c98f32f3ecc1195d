// Prints the compressed size of what a browser gets and fails above the budget.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const out = join(dirname(fileURLToPath(import.meta.url)), "../../src/Ui/wwwroot");
const compressed = (path) => brotliCompressSync(readFileSync(join(out, path))).length;
const scripts = readdirSync(join(out, "islands")).map((name) => ({ name: `islands/${name}`, bytes: compressed(`islands/${name}`) }));
const fonts = readdirSync(join(out, "fonts")).map((name) => ({ name: `fonts/${name}`, bytes: readFileSync(join(out, `fonts/${name}`)).length }));
const css = { name: "styles.css", bytes: compressed("styles.css") };

for (const { name, bytes } of [css, ...scripts, { name: "icons.svg", bytes: compressed("icons.svg") }, ...fonts])
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${name}`);

const sum = scripts.reduce((total, { bytes }) => total + bytes, 0);
const bytesOf = (start) => [...fonts, ...scripts].find(({ name }) => name.startsWith(start)).bytes;
const first = css.bytes + compressed("icons.svg") + bytesOf("islands/common") + ["cyrillic", "latin"].reduce((total, face) => total + fonts.find(({ name }) => RegExp(`golos-${face}-[A-Z0-9]+\\.woff2`).test(name)).bytes, 0);
const over = [["css", css.bytes, 12], ["scripts", sum, 30], ["the first page without its HTML", first, 48]].filter(([, bytes, limit]) => bytes > limit * 1024);
console.log(`\ncss ${(css.bytes / 1024).toFixed(1)} of 12 KB, scripts ${(sum / 1024).toFixed(1)} of 30 KB, first page without its HTML ${(first / 1024).toFixed(1)} of 48 KB`);
for (const [what, bytes, limit] of over) console.error(`Over budget: ${what} is ${(bytes / 1024).toFixed(1)} KB, the limit is ${limit} KB`);
process.exit(over.length ? 1 : 0);
