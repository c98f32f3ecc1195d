interface ScriptPolicy { createScriptURL(url: string): string }
type Policies = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy };

const script = "/sw.js";

/** Starts the site's worker and waits until it works: the one script that the page's policy lets through. */
export async function startWorker(): Promise<ServiceWorkerRegistration> {
  const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
  const url = policies?.createPolicy("offline", { createScriptURL: () => script }).createScriptURL(script) ?? script;
  await navigator.serviceWorker.register(url);
  return navigator.serviceWorker.ready;
}
