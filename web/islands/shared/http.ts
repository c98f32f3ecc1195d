/** Token of the page, sent with every change. */
export const csrf = () => document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";

/** Where a person signs in and comes back. */
export const signInHref = () => `/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`;
