import { answered, openStore } from "./idb.ts";

/** Something only its owner's key opens. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const database = "my-school-keys", store = "keys", algorithm = "AES-GCM";

/** The key of a person on this device: made here, cannot be read out by any script, and gone when the person signs out. */
export async function keyOf(owner: string): Promise<CryptoKey> {
  const keys = await openStore(database, store);
  try {
    const found = (await answered(keys.transaction(store).objectStore(store).get(owner))) as CryptoKey | undefined;
    if (found) return found;
    const made = await crypto.subtle.generateKey({ name: algorithm, length: 256 }, false, ["encrypt", "decrypt"]);
    // Two pages at once: the first one's key is everybody's.
    const places = keys.transaction(store, "readwrite").objectStore(store);
    const other = (await answered(places.get(owner))) as CryptoKey | undefined;
    if (other) return other;
    await answered(places.put(made, owner));
    return made;
  } finally {
    keys.close();
  }
}

/** Forgets the keys of everybody but one: what they sealed cannot be opened any more. */
export async function forgetKeys(except = ""): Promise<void> {
  const keys = await openStore(database, store);
  try {
    const places = keys.transaction(store, "readwrite").objectStore(store);
    for (const owner of await answered(places.getAllKeys())) if (owner !== except) await answered(places.delete(owner));
  } finally {
    keys.close();
  }
}

export async function seal(key: CryptoKey, text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: algorithm, iv }, key, new TextEncoder().encode(text)) };
}

/** The text, or null when another key sealed it. */
export async function unseal(key: CryptoKey, { iv, data }: Sealed): Promise<string | null> {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: algorithm, iv }, key, data));
  } catch {
    return null;
  }
}
