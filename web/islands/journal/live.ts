import type { LiveEvent } from "./types.ts";

/** Others' changes by server-sent events; the browser reconnects by itself. */
export function listen(url: string, session: string, heard: (event: LiveEvent) => void): () => void {
  const source = new EventSource(url);
  const read = (message: MessageEvent<string>) => {
    const event = JSON.parse(message.data) as LiveEvent;
    if (event.session !== session) heard(event);
  };
  source.addEventListener("cells", read);
  source.addEventListener("sync", read);
  return () => source.close();
}
